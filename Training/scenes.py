"""Draws scenes with prompts and their true masks.

A scene is a background with one to five things on it: coloured, textured shapes, and everyday
objects drawn as Noto Color Emoji glyphs (Debian: fonts-noto-color-emoji).

    python scenes.py SHEET.png

draws a sheet of ten scenes, each above the mask of its first prompt.
"""

import argparse
import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from words import COLORS, HELD_OUT, OBJECTS, SHAPES

SIDE = 192
FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
FONT_SIZE = 109  # the one size that the font's bitmaps have

# Half of the shapes are plain.
TEXTURE_CHOICES = ["plain", "plain", "plain", "striped", "dotted", "checkered"]
PROMPT_TEMPLATES = ["{}", "{}", "a {}", "the {}", "a photo of a {}", "a picture of the {}"]


@dataclass
class Scene:
    """An image with prompts and, for each, a mask and a description of what it asks for.

    A description is a dictionary with some of `kind`, `name`, `color` and `texture`; a thing
    matches if it agrees on all of them. A mask may be empty: the prompt asks for what is not there.
    """

    image: np.ndarray  # height, width, 3; uint8
    prompts: list[str]
    masks: np.ndarray  # prompts, height, width; bool
    descriptions: list[dict]


def load_glyphs():
    """Each object's glyph, cropped to what is drawn of it."""
    font = ImageFont.truetype(FONT, FONT_SIZE)
    glyphs = {}
    for name, character in OBJECTS.items():
        glyph = Image.new("RGBA", (160, 160), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text((10, 10), character, font=font, embedded_color=True)
        if box := glyph.getbbox():
            glyphs[name] = glyph.crop(box)
    return glyphs


def draw_shape(name, side):
    """A shape as an alpha mask of `side` pixels."""
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    margin = side * 0.04
    far = side - margin
    centre = side / 2
    radius = side / 2 - margin

    def around(angle, distance=radius):
        return (centre + distance * math.cos(angle), centre + distance * math.sin(angle))

    if name == "circle":
        draw.ellipse([margin, margin, far, far], fill=255)
    elif name == "square":
        draw.rectangle([margin * 2, margin * 2, side - 2 * margin, side - 2 * margin], fill=255)
    elif name == "triangle":
        corners = [around(-math.pi / 2 + 2 * math.pi * i / 3) for i in range(3)]
        draw.polygon(corners, fill=255)
    elif name == "star":
        corners = [
            around(-math.pi / 2 + math.pi * i / 5, radius if i % 2 == 0 else radius * 0.42)
            for i in range(10)
        ]
        draw.polygon(corners, fill=255)
    elif name == "ring":
        draw.ellipse([margin, margin, far, far], fill=255)
        hole = side * 0.24
        draw.ellipse([hole, hole, side - hole, side - hole], fill=0)
    elif name == "cross":
        near, away = side * 0.36, side * 0.64
        draw.rectangle([near, margin, away, far], fill=255)
        draw.rectangle([margin, near, far, away], fill=255)
    elif name == "crescent":
        draw.ellipse([margin, margin, far, far], fill=255)
        draw.ellipse([side * 0.3, margin - side * 0.05, side * 1.15, side * 0.85], fill=0)
    elif name == "hexagon":
        draw.polygon([around(2 * math.pi * i / 6) for i in range(6)], fill=255)
    elif name == "arrow":
        neck = side * 0.55
        head = [(neck, side * 0.15), (far, side * 0.5), (neck, side * 0.85)]
        upper = [(margin, side * 0.38), (neck, side * 0.38)]
        lower = [(neck, side * 0.62), (margin, side * 0.62)]
        draw.polygon(upper + head + lower, fill=255)
    elif name == "diamond":
        corners = [(centre, margin), (side * 0.82, centre), (centre, far), (side * 0.18, centre)]
        draw.polygon(corners, fill=255)
    elif name == "ellipse":
        draw.ellipse([margin, side * 0.25, far, side * 0.75], fill=255)
    elif name == "rectangle":
        draw.rectangle([margin, side * 0.28, far, side * 0.72], fill=255)
    return mask


def paint(color, texture, side, rng):
    """A square of paint: a colour varied a little, a texture in a second shade, a soft light."""
    base = np.array(COLORS[color], float) + np.array([rng.uniform(-18, 18) for _ in range(3)])
    pixels = np.broadcast_to(base, (side, side, 3)).copy()
    y, x = np.mgrid[:side, :side]
    if texture != "plain":
        second_shade = base * 0.45 if base.mean() > 110 else base * 0.5 + 130
        period = max(6, side // rng.randint(5, 8))
        if texture == "striped":
            pattern = ((x + y) // period) % 2 == 0
        elif texture == "dotted":
            half = period / 2
            pattern = (x % period - half) ** 2 + (y % period - half) ** 2 < (period * 0.3) ** 2
        else:
            pattern = ((x // period) + (y // period)) % 2 == 0
        pixels[pattern] = second_shade
    pixels *= 1 + 0.12 * (x / side - 0.5)[..., None] * rng.uniform(-1, 1)
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))


def draw_background(rng, width, height):
    """A gradient, soft blotches or one colour, with noise; float pixels from 0 to 255."""
    noise = np.random.RandomState(rng.getrandbits(31))
    kind = rng.random()
    first, second = (noise.uniform(20, 240, 3) for _ in range(2))
    if kind < 0.3:
        y, x = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
        slope = (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1))[..., None]
        pixels = first + (second - first) * slope
    elif kind < 0.8:
        cells = rng.choice([3, 4, 6, 10])
        coarse = Image.fromarray((noise.uniform(0, 1, (cells, cells, 3)) * 255).astype("uint8"))
        blotches = np.asarray(coarse.resize((width, height), Image.BICUBIC)) / 255
        pixels = blotches * (second - first) * rng.uniform(0.3, 1) + first
    else:
        pixels = np.broadcast_to(first, (height, width, 3)).astype(float)
    pixels = pixels + noise.normal(0, rng.uniform(0, 14), (height, width, 1))
    return np.clip(pixels, 0, 255)


def blend(pixels, overlay, alpha):
    """Puts `overlay` over `pixels`, in place."""
    pixels[...] = pixels * (1 - alpha) + overlay * alpha


def matches(thing, description):
    return all(thing.get(key) == value for key, value in description.items())


class SceneGenerator:
    """Draws scene after scene from one seed.

    `held_out` draws all shapes from the pairs of colour and shape that training leaves out. Scenes
    of another size than the model's are drawn larger, not enlarged.
    """

    def __init__(self, seed, held_out=False, width=SIDE, height=SIDE):
        self.rng = random.Random(seed)
        self.glyphs = load_glyphs()
        self.names = list(self.glyphs)
        self.held_out = held_out
        self.width = width
        self.height = height
        self.scale = min(width, height) / SIDE

    def scene(self, prompt_count=4):
        """A scene with `prompt_count` prompts, about a quarter of them for what is not there."""
        pixels = draw_background(self.rng, self.width, self.height)
        things, owner = self._place_things(pixels)
        image = self._develop(pixels)
        scene = Scene(image, [], np.zeros((prompt_count, self.height, self.width), bool), [])
        for index in range(prompt_count):
            description, phrase = self._ask(things)
            scene.prompts.append(self.rng.choice(PROMPT_TEMPLATES).format(phrase))
            scene.descriptions.append(description)
            asked_for = [i for i, thing in enumerate(things) if matches(thing, description)]
            scene.masks[index] = np.isin(owner, asked_for)
        return scene

    def crop(self, description):
        """A picture of one thing that matches `description`, to prompt with."""
        rng = self.rng
        pixels = draw_background(rng, SIDE, SIDE)
        size = int(SIDE * rng.uniform(0.55, 0.95))
        if description["kind"] == "shape":
            color = description.get("color") or rng.choice(list(COLORS))
            name = description.get("name") or rng.choice(SHAPES)
            texture = description.get("texture") or rng.choice(TEXTURE_CHOICES)
            picture = self._shape_picture(name, color, texture, size, oversampling=2)
        else:
            picture = self._glyph_picture(description["name"], size)
        picture = picture.rotate(rng.gauss(0, 12), Image.BICUBIC)
        left, top = (SIDE - picture.width) // 2, (SIDE - picture.height) // 2
        drawn = np.asarray(picture).astype(float)
        area = pixels[top : top + picture.height, left : left + picture.width]
        blend(area, drawn[..., :3], drawn[..., 3:] / 255)
        return np.clip(pixels, 0, 255).astype("uint8")

    def _shape_picture(self, name, color, texture, size, oversampling):
        alpha = draw_shape(name, size * oversampling).resize((size, size), Image.LANCZOS)
        picture = paint(color, texture, size, self.rng)
        picture.putalpha(alpha)
        return picture

    def _glyph_picture(self, name, size):
        glyph = self.glyphs[name]
        factor = size / max(glyph.size)
        width, height = max(4, int(glyph.width * factor)), max(4, int(glyph.height * factor))
        return glyph.resize((width, height), Image.BILINEAR)

    def _draw_thing(self):
        """A random thing: its description and its picture."""
        rng = self.rng
        size = int(self.scale * rng.choice([rng.uniform(28, 56), rng.uniform(48, 100)]))
        if rng.random() < 0.5:
            color, name = self._pick_color_and_shape()
            texture = rng.choice(TEXTURE_CHOICES)
            picture = self._shape_picture(name, color, texture, size, oversampling=3)
            thing = {"kind": "shape", "name": name, "color": color, "texture": texture}
        else:
            name = rng.choice(self.names)
            picture = self._glyph_picture(name, size)
            if rng.random() < 0.3:
                picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
            thing = {"kind": "object", "name": name}
        return thing, picture.rotate(rng.gauss(0, 14), Image.BICUBIC, expand=True)

    def _pick_color_and_shape(self):
        while True:
            pair = self.rng.choice(list(COLORS)), self.rng.choice(SHAPES)
            if self.held_out:
                return self.rng.choice(sorted(HELD_OUT))
            if pair not in HELD_OUT:
                return pair

    def _place_things(self, pixels):
        """Draws one to five things into `pixels`.

        Returns their descriptions, and for every pixel the index of the thing it shows, or -1.
        """
        things = []
        owner = np.full((self.height, self.width), -1)
        for _ in range(self.rng.randint(1, 5)):
            thing, picture = self._draw_thing()
            place = self._find_place(picture.size, owner)
            if place is None:
                continue
            left, top, area = place
            rows, columns = area
            drawn = np.asarray(picture)[
                rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
            ].astype(float)
            alpha = drawn[..., 3:] / 255
            blend(pixels[area], drawn[..., :3], alpha)
            owner[area][alpha[..., 0] > 0.5] = len(things)
            things.append(thing)
        return things, owner

    def _find_place(self, size, owner):
        """A place that hides little of what is there: left, top and the visible slices, or None.

        Things may stick out over the edge by a sixth of their size.
        """
        width, height = size
        for _ in range(6):
            left = self.rng.randint(-width // 6, self.width - width + width // 6)
            top = self.rng.randint(-height // 6, self.height - height + height // 6)
            columns = slice(max(0, left), min(self.width, left + width))
            rows = slice(max(0, top), min(self.height, top + height))
            if columns.stop - columns.start < 6 or rows.stop - rows.start < 6:
                continue
            if (owner[rows, columns] >= 0).mean() < 0.15:
                return left, top, (rows, columns)
        return None

    def _develop(self, pixels):
        """Sometimes a little blur, and always another brightness: the finished image."""
        rng = self.rng
        if rng.random() < 0.3:
            blur = ImageFilter.GaussianBlur(self.scale * rng.uniform(0.3, 1.1))
            sharp = Image.fromarray(pixels.astype("uint8"))
            pixels = np.asarray(sharp.filter(blur)).astype(float)
        pixels = pixels * rng.uniform(0.8, 1.15) + rng.uniform(-12, 12)
        return np.clip(pixels, 0, 255).astype("uint8")

    def _ask(self, things):
        """What to ask for: a description, and a phrase that says it."""
        about_things = self.rng.random() < 0.72
        if things and about_things:
            thing = self.rng.choice(things)
            if thing["kind"] == "object":
                return thing, thing["name"]
            return self._ask_for_shape(thing)
        if self.rng.random() < 0.5:
            name = self.rng.choice(self.names)
            return {"kind": "object", "name": name}, name
        color, name = self.rng.choice(list(COLORS)), self.rng.choice(SHAPES)
        return {"kind": "shape", "name": name, "color": color}, f"{color} {name}"

    def _ask_for_shape(self, thing):
        """By colour and name, by name, by colour, by texture and name, or just for any shape."""
        rng = self.rng
        name, color, texture = thing["name"], thing["color"], thing["texture"]
        way = rng.random()
        if way < 0.45:
            return {"kind": "shape", "name": name, "color": color}, f"{color} {name}"
        if way < 0.7:
            return {"kind": "shape", "name": name}, name
        if way < 0.82:
            phrase = rng.choice(["something ", ""]) + color + rng.choice(["", " shape", " thing"])
            return {"kind": "shape", "color": color}, phrase
        if texture != "plain":
            return {"kind": "shape", "name": name, "texture": texture}, f"{texture} {name}"
        return {"kind": "shape"}, rng.choice(["shape", "geometric shape"])


def draw_sheet(path, seed=0):
    """Ten scenes, each above the mask of its first prompt."""
    generator = SceneGenerator(seed)
    sheet = Image.new("RGB", (SIDE * 5, SIDE * 4))
    for index in range(10):
        scene = generator.scene()
        left, top = index % 5 * SIDE, index // 5 * 2 * SIDE
        sheet.paste(Image.fromarray(scene.image), (left, top))
        sheet.paste(Image.fromarray(scene.masks[0]), (left, top + SIDE))
        print(scene.prompts[0])
    sheet.save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw a sheet of scenes and masks.")
    parser.add_argument("sheet", help="the PNG file to write")
    draw_sheet(parser.parse_args().sheet)
