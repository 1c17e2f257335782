"""Small PNG and JPEG files of many kinds, masks of their sizes, and files that are damaged."""

import io
from functools import cache

from PIL import Image, ImageDraw

SIZE = (40, 30)
MODES = ["RGB", "L", "RGBA", "LA", "P", "1", "I;16"]


def drawn(mode):
    """A disc and a bar."""
    image = Image.new("RGB", SIZE, "#204060")
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 4, 22, 22), fill="#e02030")
    draw.rectangle((26, 6, 36, 26), fill="#f0d010")
    return image.convert("L").convert(mode) if mode in ("LA", "1", "I;16") else image.convert(mode)


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@cache
def valid():
    """Files that the service must take."""
    files = [encoded(drawn(mode), "PNG") for mode in MODES]
    turned = Image.Exif()
    turned[0x0112] = 6
    files += [encoded(drawn("RGB"), "JPEG"), encoded(drawn("L"), "JPEG"), encoded(drawn("RGB"), "JPEG", progressive=True)]
    files += [encoded(drawn("RGB"), "JPEG", exif=turned), encoded(drawn("RGB").convert("CMYK"), "JPEG")]
    return files


@cache
def damaged():
    """Files that it must refuse."""
    png, jpeg = encoded(drawn("RGB"), "PNG"), encoded(drawn("RGB"), "JPEG")
    middle = len(png) // 2
    return [b"", b"GIF89a", png[:middle], jpeg[: len(jpeg) // 2], png[:middle] + bytes([png[middle] ^ 0xFF]) + png[middle + 1 :]]


@cache
def mask(file):
    """Where something is meant in a file: its left half."""
    with Image.open(io.BytesIO(file)) as image:
        size = image.size if image.getexif().get(0x0112, 1) < 5 else image.size[::-1]
    white = Image.new("L", size)
    ImageDraw.Draw(white).rectangle((0, 0, size[0] // 2, size[1]), fill=255)
    return encoded(white, "PNG")
