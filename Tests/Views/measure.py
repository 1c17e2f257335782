#!/usr/bin/env python3
"""Measures what `fit`, `resolution` and `tiles` do for wide images.

    python Tests/Views/measure.py [--binary .build/release/clipseg] [--seed 7000] [--scenes 60]

Draws scenes of 960 × 320 pixels that the demo model was not trained on, and prints the mean IoU of the masks with the
true ones for each way to show them to the model. Needs numpy, pillow and the font of `Training/README.md`.
"""

import argparse
import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

TOP = Path(__file__).parents[2]
sys.path += [str(TOP / "Training"), str(TOP / "Documentation")]
from scenes import SceneGenerator  # noqa: E402
from service import segmented, served  # noqa: E402

WIDTH, HEIGHT = 960, 320
SMALLEST_MASK = 400
PROMPTS_TO_TRY = 12
WAYS = {
    "stretch": [],
    "letterbox": [("fit", "letterbox")],
    "native": [("fit", "native")],
    "native, resolution=576": [("fit", "native"), ("resolution", 576)],
    "tiles=1x3": [("tiles", "1x3")],
}


def intersection_over_union(one, other):
    return (one & other).sum() / (one | other).sum()


def scores(address, scene):
    """For each thing that is there, once, the IoU of each way."""
    file = io.BytesIO()
    Image.fromarray(scene.image).save(file, "PNG")
    things = {mask.tobytes(): (prompt, mask) for prompt, mask in zip(scene.prompts, scene.masks, strict=True)}
    for prompt, mask in things.values():
        if mask.sum() >= SMALLEST_MASK:
            answers = [segmented(address, file.getvalue(), [("prompt", prompt), *way]) for way in WAYS.values()]
            found = [np.asarray(Image.open(io.BytesIO(answer))) > 127 for answer in answers]
            yield [intersection_over_union(each, mask) for each in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=TOP / ".build/release/clipseg")
    parser.add_argument("--seed", type=int, default=7000)
    parser.add_argument("--scenes", type=int, default=60)
    options = parser.parse_args()
    generator = SceneGenerator(options.seed, width=WIDTH, height=HEIGHT)
    with served(options.binary) as address:
        rows = [row for _ in range(options.scenes) for row in scores(address, generator.scene(PROMPTS_TO_TRY))]
    print(f"{len(rows)} prompts")
    for way, mean in zip(WAYS, np.mean(rows, axis=0), strict=True):
        print(f"{way:24} {mean:.3f}")


if __name__ == "__main__":
    main()
