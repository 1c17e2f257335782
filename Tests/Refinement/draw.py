#!/usr/bin/env python3
"""Draws scenes of 768 pixels with prompts and true masks, to measure on how well edges are found.

    python Tests/Refinement/draw.py FOLDER [--seed 9000] [--scenes 60]

Needs numpy, pillow and the font of `Training/README.md`.
"""

import argparse
import json
import pathlib
import sys

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Training"))
from scenes import SceneGenerator  # noqa: E402

SIDE = 768
SMALLEST_MASK = 480  # pixels: 30 at the model's size
PROMPTS_TO_TRY = 8
PROMPTS_PER_SCENE = 3


def choose_prompts(scene):
    """The first prompts that ask for different things, each of which is there."""
    chosen = {}
    for prompt, mask in zip(scene.prompts, scene.masks, strict=True):
        if mask.sum() > SMALLEST_MASK:
            chosen.setdefault(mask.tobytes(), (prompt, mask))
    return list(chosen.values())[:PROMPTS_PER_SCENE]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=9000)
    parser.add_argument("--scenes", type=int, default=60)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    generator = SceneGenerator(options.seed, width=SIDE, height=SIDE)
    entries = []
    while len(entries) < options.scenes:
        scene = generator.scene(PROMPTS_TO_TRY)
        if not (prompts := choose_prompts(scene)):
            continue
        name = str(len(entries))
        Image.fromarray(scene.image).save(options.folder / f"{name}.png")
        entry = {"file": f"{name}.png", "prompts": []}
        for index, (text, mask) in enumerate(prompts):
            Image.fromarray(mask).save(options.folder / f"{name}-{index}.png")
            entry["prompts"].append({"text": text, "mask": f"{name}-{index}.png"})
        entries.append(entry)
    (options.folder / "scenes.json").write_text(json.dumps(entries, indent=1))


if __name__ == "__main__":
    main()
