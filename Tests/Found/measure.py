#!/usr/bin/env python3
"""Measures whether `found` tells prompts for what is there from prompts for what is not.

    python Tests/Found/measure.py [--binary .build/release/clipseg] [--seed 9500] [--scenes 300]

Draws scenes that the demo model was not trained on, asks each for things that it shows and for as many that it
does not, and tries thresholds and least areas. Prints precision, recall and F1 of each, of which
`Documentation/api.md` has some, and draws its plot.
Needs numpy, pillow, matplotlib and the font of `Training/README.md`.
"""

import argparse
import io
import json
import sys
from pathlib import Path

from PIL import Image

TOP = Path(__file__).parents[2]
sys.path += [str(TOP / "Training"), str(TOP / "Documentation")]
from scenes import SceneGenerator  # noqa: E402
from service import segmented, served  # noqa: E402

SIDE = 384
SMALLEST_MASK = 120  # pixels: 30 at the model's size
PROMPTS_TO_TRY = 24
PROMPTS_OF_A_KIND = 3
DEFAULT_THRESHOLD = 0.5
THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97]
LEAST_AREAS = [0, 50, 150, 300, 600, 1200]  # pixels of 147,456


def choose_prompts(scene):
    """Prompts for what is there and as many for what is not, no two of them for the same."""
    present, absent = {}, {}
    for prompt, mask, description in zip(scene.prompts, scene.masks, scene.descriptions, strict=True):
        key = json.dumps(description, sort_keys=True)
        if mask.sum() > SMALLEST_MASK:
            present.setdefault(mask.tobytes(), prompt)
        elif not mask.any():
            absent.setdefault(key, prompt)
    count = min(PROMPTS_OF_A_KIND, len(present), len(absent))
    return [(p, True) for p in list(present.values())[:count]] + [(p, False) for p in list(absent.values())[:count]]


def reports(address, image, prompts, threshold):
    """What the service says of each prompt."""
    fields = [("prompt", prompt) for prompt in prompts]
    fields += [("as", "json"), ("mask_format", "none"), ("components", "true"), ("threshold", threshold)]
    return json.loads(segmented(address, image, fields))["prompts"]


def largest_areas(address, seed, scenes):
    """For each prompt whether its thing is there, and the area of the largest part found at each threshold."""
    generator = SceneGenerator(seed, width=SIDE, height=SIDE)
    rows = []
    while scenes > 0:
        scene = generator.scene(PROMPTS_TO_TRY)
        if not (prompts := choose_prompts(scene)):
            continue
        scenes -= 1
        file = io.BytesIO()
        Image.fromarray(scene.image).save(file, "PNG")
        texts = [text for text, _ in prompts]
        answers = [reports(address, file.getvalue(), texts, threshold) for threshold in THRESHOLDS]
        for index, (_, is_present) in enumerate(prompts):
            parts = [answer[index]["components"] for answer in answers]
            rows.append((is_present, [found[0]["area"] if found else 0 for found in parts]))
    return rows


def score(rows, threshold_index, least_area):
    """Precision, recall and F1 of `found` with a threshold and a `min_area`."""
    found = [(present, areas[threshold_index] >= max(1, least_area)) for present, areas in rows]
    right = sum(present and is_found for present, is_found in found)
    precision = right / max(1, sum(is_found for _, is_found in found))
    recall = right / sum(present for present, _ in found)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def draw(curves, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "clipseg", "svg.fonttype": "none", "font.size": 9}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.6, 4), layout="constrained")
    shades = matplotlib.colormaps["viridis"]
    for index, (least_area, scores) in enumerate(curves.items()):
        recalls, precisions = [s[1] for s in scores], [s[0] for s in scores]
        color = shades(index / len(curves))
        axes.plot(recalls, precisions, ".-", color=color, label=f"min_area={least_area}", linewidth=1)
    precision, recall, f1 = curves[0][THRESHOLDS.index(DEFAULT_THRESHOLD)]
    axes.plot([recall], [precision], "o", color="#d6471f", markersize=8, label=f"the defaults: F1 {f1:.3f}")
    axes.set_xlabel("recall: of what is there, found")
    axes.set_ylabel("precision: of what was found, there")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=TOP / ".build/release/clipseg")
    parser.add_argument("--seed", type=int, default=9500)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--plot", type=Path, default=TOP / "Documentation/images/found.svg")
    options = parser.parse_args()
    with served(options.binary) as address:
        rows = largest_areas(address, options.seed, options.scenes)
    curves = {area: [score(rows, i, area) for i in range(len(THRESHOLDS))] for area in LEAST_AREAS}
    print(f"{sum(present for present, _ in rows)} prompts for what is there, as many for what is not")
    print("| threshold | " + " | ".join(f"min_area={area}" for area in LEAST_AREAS) + " |")
    print("|---" * (len(LEAST_AREAS) + 1) + "|")
    for index, threshold in enumerate(THRESHOLDS):
        cells = ["{:.3f} / {:.3f} / {:.3f}".format(*curves[area][index]) for area in LEAST_AREAS]
        print(f"| {threshold} | " + " | ".join(cells) + " |")
    draw(curves, options.plot)


if __name__ == "__main__":
    main()
