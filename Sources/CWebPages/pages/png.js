// A box as a mask: a PNG file with a bit for each pixel. Those that browsers write have 32, too many for a command line.

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function chunk(type, data) {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(4, 8 + data.length)) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  view.setUint32(8 + data.length, ~crc);
  return bytes;
}

function header(width, height) {
  const view = new DataView(new ArrayBuffer(13));
  view.setUint32(0, width);
  view.setUint32(4, height);
  view.setUint8(8, 1); // bits of a pixel; the other bytes are 0: greyscale, deflated, not interlaced
  return new Uint8Array(view.buffer);
}

/** A row of pixels, white from `start` to `end`, after the byte that names its filter. */
function row(width, start, end) {
  const bytes = new Uint8Array(1 + Math.ceil(width / 8));
  for (let x = start; x < end; x++) bytes[1 + (x >> 3)] |= 0x80 >> (x & 7);
  return bytes;
}

/** The mask of an image of this size, white in the box, as the bytes of a PNG file. */
export async function boxMask(width, height, { left, top, right, bottom }) {
  const white = row(width, left, right);
  const rows = new Uint8Array(height * white.length);
  for (let y = top; y < bottom; y++) rows.set(white, y * white.length);
  const deflated = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const data = new Uint8Array(await new Response(deflated).arrayBuffer());
  const parts = [new Uint8Array(SIGNATURE), chunk("IHDR", header(width, height)), chunk("IDAT", data), chunk("IEND", new Uint8Array())];
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
