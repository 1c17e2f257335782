#!/usr/bin/env python3
"""Makes everything else in this folder: small images, and what Pillow and PyTorch make of them.

    pip install 'pillow>=13' numpy torch
    python make_fixtures.py

PNG files are written by hand, because Pillow can't write most kinds, and their pixels are computed here from the
samples, because Pillow reads some of them in its own way. JPEG pixels, orientation and resizing are Pillow's (13.0.0;
before 13, resizing took some pictures' axes in another order).
"""

import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import struct
import zlib

import numpy as np
import torch
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
IMAGES = HERE / "images"


def sha256(data):
    return hashlib.sha256(bytes(data)).hexdigest()


def noise(count, seed):
    """The tests make the same bytes: a linear congruential generator's top eight bits."""
    state, out = seed, bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


# PNG ------------------------------------------------------------------------------------------------------------------

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey_alpha", RGBA: "rgba"}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_row(samples, depth):
    """Samples of one row as PNG stores them: big-endian, the leftmost in the highest bits."""
    bits = "".join(format(int(s), f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered_rows(rows, bytes_per_pixel):
    """Every row with another filter, so that all five are met."""
    out, previous = bytearray(), bytes(len(rows[0])) if rows else b""
    for number, row in enumerate(rows):
        kind = number % 5
        out.append(kind)
        for i, value in enumerate(row):
            a = row[i - bytes_per_pixel] if i >= bytes_per_pixel else 0
            b = previous[i]
            c = previous[i - bytes_per_pixel] if i >= bytes_per_pixel else 0
            out.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255)
        previous = row
    return bytes(out)


def png(samples, color, depth, interlaced=False, before=b"", after=b""):
    """`samples`: height × width × channels."""
    height, width, channels = samples.shape
    bytes_per_pixel = max(1, channels * depth // 8)
    data = b""
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered_rows([packed_row(row.reshape(-1), depth) for row in part], bytes_per_pixel)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(data, 9)) + after
        + chunk(b"IEND", b"")
    )


def to_8_bits(samples, depth):
    if depth == 16:
        return (samples.astype(np.int64) * 255 + 32895) >> 16
    return samples.astype(np.int64) * 255 // (2**depth - 1)


def expected_rgba(samples, color, depth, palette=None, alphas=None, transparent=None):
    height, width, _ = samples.shape
    rgba = np.full((height, width, 4), 255, np.int64)
    if color == PALETTE:
        rgba[..., :3] = palette[samples[..., 0]]
        if alphas is not None:
            rgba[..., 3] = np.concatenate([alphas, np.full(256 - len(alphas), 255)])[samples[..., 0]]
        return rgba
    rgba[..., :3] = to_8_bits(samples[..., : 3 if color in (RGB, RGBA) else 1], depth)
    if color in (GREY_ALPHA, RGBA):
        rgba[..., 3] = to_8_bits(samples[..., -1], depth)
    if transparent is not None:
        rgba[..., 3] = np.where((samples == transparent).all(-1), 0, 255)
    return rgba


def on_white(rgba):
    image = Image.fromarray(rgba.astype(np.uint8), "RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white.tobytes()


def add(rows, name, data, size, composited, discarded=None):
    (IMAGES / name).write_bytes(data)
    rows.append({
        "file": name, "width": size[0], "height": size[1], "composited": sha256(composited),
        "discarded": sha256(composited if discarded is None else discarded),
    })


def make_pngs(rows):
    width, height = 13, 11
    depths = {GREY: [1, 2, 4, 8, 16], RGB: [8, 16], PALETTE: [1, 2, 4, 8], GREY_ALPHA: [8, 16], RGBA: [8, 16]}
    for color, depth in [(c, d) for c in depths for d in depths[c]]:
        random_numbers = np.random.default_rng(color * 100 + depth)
        for interlaced in (False, True):
            for has_transparency in (False, True):
                if has_transparency and color in (GREY_ALPHA, RGBA):
                    continue
                samples = random_numbers.integers(0, 2**depth, (height, width, CHANNELS[color]))
                before, options = b"", {}
                if color == PALETTE:
                    options["palette"] = random_numbers.integers(0, 256, (2**depth, 3))
                    before += chunk(b"PLTE", options["palette"].astype(np.uint8).tobytes())
                if has_transparency and color == PALETTE:
                    options["alphas"] = random_numbers.integers(0, 256, 2**depth - 1)
                    before += chunk(b"tRNS", options["alphas"].astype(np.uint8).tobytes())
                elif has_transparency:
                    options["transparent"] = samples[3, 4]
                    before += chunk(b"tRNS", options["transparent"].astype(">u2").tobytes())
                rgba = expected_rgba(samples, color, depth, **options)
                name = f"{NAMES[color]}_{depth}{'_transparent' * has_transparency}{'_interlaced' * interlaced}.png"
                add(
                    rows, name, png(samples, color, depth, interlaced, before), (width, height), on_white(rgba),
                    rgba[..., :3].astype(np.uint8).tobytes())

    one = np.array([[[77]]])
    for interlaced in (False, True):
        name = f"one_pixel{'_interlaced' * interlaced}.png"
        add(rows, name, png(one, GREY, 8, interlaced), (1, 1), bytes([77] * 3))
    gamma = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"zZzZ", b"unknown")
    add(rows, "gamma_is_ignored.png", png(one, GREY, 8, before=gamma) + b"trailing", (1, 1), bytes([77] * 3))


# JPEG -----------------------------------------------------------------------------------------------------------------


def picture(width, height):
    """Smooth colours with a little noise: what JPEG is made for."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 120 * np.sin(x / 7 + p) * np.cos(y / 5 - p) for p in (0, 1, 2)]
    pixels = np.stack(planes, -1) + np.random.default_rng(7).normal(0, 6, (height, width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def pillow_rgb(data):
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def add_jpeg(rows, name, data):
    image = pillow_rgb(data)
    add(rows, name, data, image.size, image.tobytes())


def make_jpegs(rows):
    color = picture(37, 29)
    cmyk = jpeg(color.convert("CMYK"), quality=85)
    adobe = cmyk.index(b"Adobe")
    ycck = cmyk[: adobe + 11] + b"\x02" + cmyk[adobe + 12 :]  # the colour transform that the Adobe marker declares
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        for progressive in (False, True):
            kind = "progressive" if progressive else "baseline"
            data = jpeg(color, quality=80, subsampling=subsampling, progressive=progressive)
            add_jpeg(rows, f"{kind}_{subsampling.replace(':', '')}.jpg", data)
    add_jpeg(rows, "optimised.jpg", jpeg(color, optimize=True))
    add_jpeg(rows, "low_quality.jpg", jpeg(color, quality=5))
    add_jpeg(rows, "restart_markers.jpg", jpeg(color, restart_marker_blocks=2))
    add_jpeg(rows, "grey.jpg", jpeg(color.convert("L")))
    add_jpeg(rows, "grey_progressive.jpg", jpeg(color.convert("L"), progressive=True))
    add_jpeg(rows, "rgb_without_transform.jpg", jpeg(color, keep_rgb=True))
    add_jpeg(rows, "tall_progressive.jpg", jpeg(picture(8, 120), progressive=True))
    add_jpeg(rows, "cmyk.jpg", cmyk)
    add_jpeg(rows, "cmyk_progressive.jpg", jpeg(color.convert("CMYK"), progressive=True))
    add_jpeg(rows, "ycck.jpg", ycck)
    add_jpeg(rows, "one_pixel.jpg", jpeg(picture(1, 1)))
    add_jpeg(rows, "trailing_bytes.jpg", jpeg(picture(9, 9)) + b"trailing")


# Orientation ----------------------------------------------------------------------------------------------------------


def exif(orientation, endian="<", tag_type=3):
    head = (b"II*\0" if endian == "<" else b"MM\0*") + struct.pack(endian + "I", 8)
    value = struct.pack(endian + "HH", orientation, 0) if tag_type == 3 else struct.pack(endian + "I", orientation)
    other = struct.pack(endian + "HHI", 0x0100, 4, 1) + struct.pack(endian + "I", 99)
    entry = struct.pack(endian + "HHI", 0x0112, tag_type, 1) + value
    return head + struct.pack(endian + "H", 2) + other + entry + struct.pack(endian + "I", 0)


def with_app1(data, *payloads):
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(p) + 2) + p for p in payloads)
    return data[:2] + segments + data[2:]


def make_orientations(rows):
    plain = jpeg(picture(19, 10), quality=85)
    samples = np.frombuffer(noise(7 * 4 * 3, 3), np.uint8).reshape(4, 7, 3)
    for orientation in range(0, 10):
        data = with_app1(plain, b"Exif\0\0" + exif(orientation, "<>"[orientation % 2]))
        add_jpeg(rows, f"orientation_{orientation}.jpg", data)
        data = png(samples, RGB, 8, before=chunk(b"eXIf", exif(orientation, "><"[orientation % 2])))
        add_jpeg(rows, f"orientation_{orientation}.png", data)

    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    element = b"<tiff:X>8</tiff:X><tiff:Orientation>7</tiff:Orientation>"
    text = b"XML:com.adobe.xmp\0\0\0\0\0"
    profile = b"Exif\0\0" + exif(5, ">")
    raw = b"\nexif\n%8d\n" % len(profile) + b"\n".join(profile.hex().encode()[i : i + 72] for i in range(0, 200, 72))
    add_jpeg(rows, "orientation_long.jpg", with_app1(plain, b"Exif\0\0" + exif(6, tag_type=4)))
    add_jpeg(rows, "orientation_xmp.jpg", with_app1(plain, b"http://ns.adobe.com/xap/1.0/\0" + xmp))
    add_jpeg(
        rows, "orientation_exif_beats_xmp.jpg",
        with_app1(plain, b"http://ns.adobe.com/xap/1.0/\0" + xmp, b"Exif\0\0" + exif(3)))
    add_jpeg(
        rows, "orientation_in_second_segment.jpg",
        with_app1(plain, b"Exif\0\0" + exif(8)[:20], b"Exif\0\0" + exif(8)[20:]))
    for name, before, after in [
        ("xmp", chunk(b"iTXt", text + xmp), b""),
        ("xmp_element", chunk(b"iTXt", text + element), b""),
        ("xmp_compressed", chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp)), b""),
        ("raw_profile", chunk(b"tEXt", b"Raw profile type exif\0" + raw), b""),
        ("raw_profile_compressed", chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw)), b""),
        ("after_pixels", b"", chunk(b"eXIf", exif(6))),
    ]:
        add_jpeg(rows, f"orientation_{name}.png", png(samples, RGB, 8, before=before, after=after))


# Files to refuse ------------------------------------------------------------------------------------------------------


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def scans_upon_scans(count):
    """8 × 8 grey progressive: a DC scan, then `count` AC scans that say nothing in one bit each."""
    tables = segment(0xDB, b"\0" + bytes([1] * 64)) + segment(0xC2, b"\x08\0\x08\0\x08\x01\x01\x11\0")
    tables += segment(0xC4, b"\x00\x01" + bytes(15) + b"\0") + segment(0xC4, b"\x10\x01" + bytes(15) + b"\0")
    dc = segment(0xDA, b"\x01\x01\x00\0\0\0") + b"\x7f"
    ac = segment(0xDA, b"\x01\x01\x00\x01\x3f\0") + b"\x7f"
    return b"\xff\xd8" + tables + dc + ac * count + b"\xff\xd9"


def png_header(width, height, depth=8, color=GREY):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))


def make_bad_files():
    small = jpeg(picture(9, 9))
    sof = small.index(b"\xff\xc0")
    sized = lambda w, h: small[: sof + 5] + struct.pack(">HH", h, w) + small[sof + 9 :]
    nothing = zlib.compress(bytes(12_000_000), 9)
    good = png(np.array([[[1], [2]]]), GREY, 8)
    idat = good.index(b"IDAT")
    flipped = lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    tail = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    for name, data in {
        "huge.png": png_header(65535, 65535) + chunk(b"IDAT", nothing) + chunk(b"IEND", b""),
        "wide.png": png_header(2**31 - 1, 1) + tail,
        "no_width.png": png_header(0, 5) + tail,
        "bad_depth.png": png_header(1, 1, depth=3) + tail,
        "bad_pixel_checksum.png": flipped(good, idat + 4 + 14),
        "bad_chunk_checksum.png": flipped(good, len(good) - 1),
        "too_few_pixels.png": png_header(1, 2) + tail,
        "no_palette.png": png_header(1, 1, color=PALETTE) + tail,
        "text_bomb.png": png_header(1, 1) + chunk(b"zTXt", b"Raw profile type exif\0\0" + nothing) + tail,
        "huge.jpg": sized(65535, 65535),
        "large.jpg": sized(65500, 65500),
        "no_height.jpg": sized(9, 0),
        "lossless.jpg": small.replace(b"\xff\xc0", b"\xff\xc3", 1),
        "twelve_bits.jpg": small[: sof + 4] + b"\x0c" + small[sof + 5 :],
        "no_tables.jpg": small[:2] + small[sof:],
        "cut_scan.jpg": small[: len(small) - 30] + b"\xff\xd9",
        "scan_bomb.jpg": scans_upon_scans(2000),
        "scans.jpg": scans_upon_scans(20),
        "text.png": b"this is not an image\n",
    }.items():
        (IMAGES / "bad").mkdir(exist_ok=True)
        (IMAGES / "bad" / name).write_bytes(data)


# Resizing -------------------------------------------------------------------------------------------------------------


def make_resizes():
    sizes = [
        ((1, 1), (1, 1)), ((1, 1), (7, 5)), ((7, 5), (1, 1)), ((2, 3), (3, 2)), ((13, 17), (13, 17)),
        ((13, 17), (13, 5)), ((13, 17), (5, 17)), ((13, 17), (29, 31)), ((31, 29), (17, 13)), ((64, 64), (32, 32)),
        ((64, 48), (352, 352)), ((101, 103), (352, 224)), ((500, 3), (7, 90)), ((3, 500), (90, 7)),
        ((1, 300), (300, 1)), ((997, 11), (31, 10)), ((640, 480), (352, 352)), ((353, 351), (352, 352)),
        ((5, 5), (6, 4)), ((16, 16), (15, 17)), ((100, 1), (99, 1)), ((6, 1), (5, 3)),
    ]
    numbers = random.Random(5)
    sizes += [tuple((numbers.randint(1, 90), numbers.randint(1, 90)) for _ in range(2)) for _ in range(18)]
    rows = []
    for (width, height), target in sizes:
        source = Image.frombytes("RGB", (width, height), noise(width * height * 3, width * 1000 + height))
        for filter in range(6):
            rows.append({
                "from": [width, height], "to": target, "filter": filter,
                "sha256": sha256(source.resize(target, filter).tobytes()),
            })
    write_rows("resize.json", rows)


def make_interpolations():
    rows = []
    for (width, height), target in [
        ((1, 1), (3, 2)), ((2, 2), (5, 7)), ((5, 4), (4, 5)), ((7, 9), (3, 2)), ((4, 4), (16, 16)), ((11, 3), (6, 13)),
        ((6, 6), (6, 6)), ((3, 8), (1, 1)), ((9, 5), (9, 11)),
    ]:
        values = (np.frombuffer(noise(width * height, 9), np.uint8).astype(np.float32) - 128) / 16
        source = torch.from_numpy(values.reshape(1, 1, height, width))
        result = torch.nn.functional.interpolate(
            source, size=target[::-1], mode="bilinear", align_corners=False)
        rows.append({
            "from": [width, height], "to": target, "values": [round(float(v), 6) for v in result.flatten()],
        })
    write_rows("interpolate.json", rows)


def write_rows(name, rows):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    shutil.rmtree(IMAGES, ignore_errors=True)
    os.makedirs(IMAGES)
    images = []
    make_pngs(images)
    make_jpegs(images)
    make_orientations(images)
    write_rows("images.json", images)
    make_bad_files()
    make_resizes()
    make_interpolations()
