#!/usr/bin/env python3
"""Makes the pictures of the API guide: runs the commands above each against the program, and puts what they wrote side
by side.

    python Documentation/make_pictures.py [--binary .build/release/clipseg] [--only NAME]

Needs pillow and curl.
"""

import argparse
import re
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from guide import HERE, Picture, folder_with_scenes, pictures
from service import served

LARGEST = (304, 150)  # a panel's width and height
GAP = 8
CAPTION = 18
COLORS = 192
WIDEST = 1240
INPUT = re.compile(r"\b(?:image|prompt_image)=@([\w.-]+)")
OUTPUT = re.compile(r"-o (?:'([^']+\.png)'|([^\s']+\.png))")


def opened(path: Path) -> Image.Image:
    """A panel in colours; a chequered ground shows through where it is transparent."""
    image = Image.open(path)
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    side = max(1, image.height // 16)
    draw = ImageDraw.Draw(ground)
    for y in range(0, image.height, side):
        for x in range(y // side % 2 * side, image.width, 2 * side):
            draw.rectangle([x, y, x + side - 1, y + side - 1], fill="#d4d4d4")
    ground.paste(image, mask=image)
    return ground


def panels(folder: Path, code: str) -> list[tuple[str, Image.Image]]:
    """The images that went in and the pictures that came out, with captions."""
    names = dict.fromkeys(INPUT.findall(code))
    shown = [(name, opened(folder / name)) for name in names]
    names = [quoted or plain for quoted, plain in OUTPUT.findall(code)]
    return shown + [(Path(name).stem, opened(folder / name)) for name in names]


def rows_of(shown: list[tuple[str, Image.Image]], font) -> list[list[tuple[int, str, Image.Image]]]:
    """Panels in rows, each with its caption and where it begins."""
    rows, x = [[]], 0
    for caption, image in shown:
        scale = min(LARGEST[0] / image.width, LARGEST[1] / image.height)
        panel = image.resize((round(image.width * scale), round(image.height * scale)), Image.LANCZOS)
        width = max(panel.width, round(font.getlength(caption)))
        if x + width > WIDEST and rows[-1]:
            rows, x = [*rows, []], 0
        rows[-1].append((x, caption, panel))
        x += width + GAP
    return rows


def strip(shown: list[tuple[str, Image.Image]]) -> Image.Image:
    """Panels beside each other, in as many rows as it takes."""
    font = ImageFont.load_default(size=12)
    rows = rows_of(shown, font)
    heights = [max(panel.height for _, _, panel in row) + CAPTION + GAP for row in rows]
    width = max(x + max(panel.width, round(font.getlength(caption))) for row in rows for x, caption, panel in row)
    sheet = Image.new("RGB", (width, sum(heights) - GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        y = sum(heights[:number])
        for x, caption, panel in row:
            draw.text((x, y + 1), caption, fill="#222222", font=font)
            sheet.paste(panel, (x, y + CAPTION))
    return sheet


def make(picture: Picture, address: str) -> None:
    with folder_with_scenes() as folder:
        subprocess.run(["bash", "-euo", "pipefail", "-c", picture.block.at(address)], cwd=folder, check=True)
        sheet = strip(panels(folder, picture.block.code))
    picture.path.parent.mkdir(parents=True, exist_ok=True)
    small = sheet.quantize(COLORS, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    small.save(picture.path, optimize=True)
    print(f"{picture.path.relative_to(HERE)}: {picture.path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=HERE.parent / ".build/release/clipseg")
    parser.add_argument("--only", help="the name of one picture")
    options = parser.parse_args()
    with served(options.binary) as address:
        for picture in pictures():
            if options.only in (None, picture.path.stem):
                make(picture, address)


if __name__ == "__main__":
    main()
