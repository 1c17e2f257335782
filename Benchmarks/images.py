"""Pictures to send: drawn from noise with the spectrum of photographs, so that files have a photograph's size."""

import io
from pathlib import Path

import numpy
from PIL import Image

TWO_MEGAPIXELS = (1920, 1080)


def photographs(folder: Path, count: int, size: tuple[int, int] = TWO_MEGAPIXELS) -> list[bytes]:
    """So many JPEG files of that width and height, each different; made once, and kept in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{size[0]}x{size[1]}-{index}.jpg" for index in range(count)]
    for index, file in enumerate(files):
        if not file.exists():
            file.write_bytes(jpeg(picture(size, seed=index)))
    return [file.read_bytes() for file in files]


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def picture(size: tuple[int, int], seed: int) -> Image.Image:
    """Noise of every scale, each finer one weaker."""
    generator = numpy.random.default_rng(seed)
    total = numpy.zeros((size[1], size[0], 3), numpy.float32)
    cells, amplitude = 3, 110.0
    while cells < max(size):
        field = generator.normal(size=(cells, cells, 3)) * amplitude
        for channel in range(3):
            plane = Image.fromarray(field[:, :, channel].astype(numpy.float32))
            total[:, :, channel] += numpy.asarray(plane.resize(size, Image.Resampling.BICUBIC))
        cells, amplitude = cells * 2, amplitude / 1.5
    return Image.fromarray((total + 128).clip(0, 255).astype(numpy.uint8))
