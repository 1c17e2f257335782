#!/usr/bin/env python3
"""Colour tables of matplotlib and OpenCV, and prompts as OpenCV and Pillow prepare them: colormaps.json, prompts.json,
letterboxes.json.

    pip install numpy==2.4.6 matplotlib==3.11.2 opencv-contrib-python-headless==5.0.0.93 pillow==13.0.0
    python make_compositing.py

With --knots, prints the tables of `Sources/Imaging/Compositing/ColormapKnots.swift` instead.
"""

import hashlib
import sys

import cv2
import numpy as np
from matplotlib import colormaps
from PIL import Image, ImageOps

from drawn import mask, picture, plane, write_rows

MAPS = ["viridis", "magma", "inferno", "plasma", "turbo"]


def table(name):
    return colormaps[name](np.arange(256))[:, :3] * 255


def print_knots():
    for name in MAPS:
        places = np.linspace(0, 255, 33)
        knots = np.stack([np.interp(places, np.arange(256), channel) for channel in table(name).T], -1)
        words = ["0x%02X%02X%02X" % tuple(knot) for knot in knots.round().astype(int)]
        print(f"    static let {name}Knots: [UInt32] = [")
        for start in range(0, 33, 8):
            print("        " + ", ".join(words[start : start + 8]) + ",")
        print("    ]")


def make_colormaps():
    rows = [{"name": name, "colors": table(name).round().astype(np.uint8).tobytes().hex()} for name in MAPS]
    jet = cv2.applyColorMap(np.arange(256, dtype=np.uint8).reshape(256, 1), cv2.COLORMAP_JET)[:, 0, ::-1]
    rows.append({"name": "jet", "colors": jet.tobytes().hex()})
    rows.append({"name": "grey", "colors": np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes().hex()})
    write_rows("colormaps.json", rows)


def prompt(image, m, style, darkness):
    """As in arXiv 2112.10003: blur and darken what is not in the mask, cut out with a context, pad to a square."""
    height, width = m.shape
    background = image.astype(np.float64)
    if style in ("blur", "crop-blur-highlight"):
        sigma = 3 / 352 * max(width, height)
        side = 2 * int(4 * sigma + 0.5) + 1
        background = cv2.GaussianBlur(background, (side, side), sigma, borderType=cv2.BORDER_REFLECT)
    if style in ("highlight", "crop-blur-highlight"):
        background = 0.1 * background + 0.9 * np.array(darkness)
    out = np.where(m[..., None], image, background.round()).astype(np.uint8)
    if not style.startswith("crop"):
        return out
    rows, columns = np.flatnonzero(m.any(1)), np.flatnonzero(m.any(0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    above, aside = int(0.1 * (bottom - top)), int(0.1 * (right - left))
    cut = Image.fromarray(out).crop(
        (max(0, left - aside), max(0, top - above), min(width, right + aside), min(height, bottom + above)))
    side = max(cut.size)
    square = Image.new("RGB", (side, side), tuple(darkness))
    square.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2))
    return np.asarray(square)


def make_prompts():
    rows = []
    for width, height, left, top, right, bottom in [(60, 40, 10, 5, 45, 30), (40, 70, 0, 20, 40, 33), (352, 200, 300, 150, 352, 200)]:
        image = (plane(width, height, 31, 2)[..., None] * [255, 200, 150]).astype(np.uint8)
        m = np.zeros((height, width), bool)
        m[top:bottom, left:right] = mask(right - left, bottom - top, 32, 1, 100)
        for style in ("crop-blur-highlight", "highlight", "blur", "crop", "none"):
            darkness = [0, 0, 0] if width == 60 else [124, 116, 104]
            out = prompt(image, m, style, darkness)
            rows.append({
                "size": [width, height], "box": [left, top, right - left, bottom - top], "style": style,
                "darkness": darkness, "out": [out.shape[1], out.shape[0]],
                "every": (step := max(1, out.size // 400)), "values": out.ravel()[::step].tolist(),
            })  # fmt: skip
    write_rows("prompts.json", rows)


def make_letterboxes():
    rows = []
    for width, height in [(31, 17), (17, 31), (64, 64), (100, 3), (640, 427)]:
        padded = ImageOps.pad(
            Image.fromarray(picture(width, height, 33)), (64, 64), Image.BILINEAR, color=(9, 8, 7))
        rows.append({"size": [width, height], "sha256": hashlib.sha256(padded.tobytes()).hexdigest()})
    write_rows("letterboxes.json", rows)


if __name__ == "__main__":
    if "--knots" in sys.argv:
        print_knots()
    else:
        make_colormaps()
        make_prompts()
        make_letterboxes()
