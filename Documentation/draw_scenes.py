#!/usr/bin/env python3
"""Draws the scenes in `Documentation/scenes`: one large, one wide, both new to the demo model.

Each comes from the seed in its name. Needs numpy, pillow and the font of `Training/README.md`.
"""

import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "Training"))
from scenes import SceneGenerator  # noqa: E402

SCENES = [(7012, 768, 768), (7000, 960, 320)]
JPEG_QUALITY = 80


def main():
    for seed, width, height in SCENES:
        scene = SceneGenerator(seed, width=width, height=height).scene()
        Image.fromarray(scene.image).save(HERE / "scenes" / f"scene-{seed}.jpg", quality=JPEG_QUALITY)


if __name__ == "__main__":
    main()
