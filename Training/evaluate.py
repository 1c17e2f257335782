"""Measures a checkpoint on scenes it has not seen.

    python evaluate.py [CHECKPOINT] [--scenes 300] [--seed 424242]

Prints intersection over union at threshold 0.5, averaged over prompts whose mask has more than 30
pixels, for text prompts and for image prompts, and how often a prompt for what is not there leaves
the mask empty (below 0.2 % of the pixels).
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from transformers import CLIPSegForImageSegmentation, CLIPTokenizer

from model import segment, text_features, to_pixel_values
from scenes import SceneGenerator

DEMO_CHECKPOINT = Path(__file__).parents[1] / "Sources" / "CDemoModel" / "checkpoint"
SMALLEST_MASK = 30
EMPTY = 0.002


def kind_of_prompt(description):
    if description["kind"] == "object":
        return "objects"
    return "coloured shapes" if "color" in description else "other shape words"


def intersection_over_union(predicted, true):
    return (predicted & true).sum() / max(1, (predicted | true).sum())


@torch.no_grad()
def evaluate(model, tokenizer, seed, held_out, scene_count=100, prompt_count=3, crop_seed=None):
    """Scores by name: lists of IoU, and of 1 or 0 for absent prompts.

    Crops to prompt with come from their own generator, so that scenes are the same without them.
    """
    model.eval()
    generator = SceneGenerator(seed, held_out)
    cropper = None if crop_seed is None else SceneGenerator(crop_seed)
    scores = defaultdict(list)
    for _ in range(scene_count):
        scene = generator.scene(prompt_count)
        pixel_values = to_pixel_values([scene.image])
        features = text_features(model, tokenizer, scene.prompts)
        predicted = segment(model, pixel_values, features).numpy() > 0
        for mask, true, description in zip(predicted, scene.masks, scene.descriptions, strict=True):
            if true.sum() > SMALLEST_MASK:
                score = intersection_over_union(mask, true)
                scores["text"].append(score)
                scores[kind_of_prompt(description)].append(score)
            elif not true.any():
                scores["absent"].append(mask.mean() < EMPTY)
        if cropper:
            scores["image"] += image_prompt_scores(model, cropper, pixel_values, scene)
    return scores


def image_prompt_scores(model, cropper, pixel_values, scene):
    """IoU for a picture of what each prompt asks for, where the scene has it."""
    present = [i for i, mask in enumerate(scene.masks) if mask.sum() > SMALLEST_MASK]
    if not present:
        return []
    crops = to_pixel_values([cropper.crop(scene.descriptions[i]) for i in present])
    features = model.clip.get_image_features(crops).pooler_output
    predicted = segment(model, pixel_values, features).numpy() > 0
    return [
        intersection_over_union(mask, scene.masks[i])
        for mask, i in zip(predicted, present, strict=True)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", nargs="?", default=DEMO_CHECKPOINT)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--prompts", type=int, default=3, help="prompts per scene")
    parser.add_argument("--seed", type=int, default=424242)
    options = parser.parse_args()
    model = CLIPSegForImageSegmentation.from_pretrained(options.checkpoint, dtype=torch.float32)
    tokenizer = CLIPTokenizer.from_pretrained(options.checkpoint)
    for held_out in (False, True):
        scores = evaluate(
            model,
            tokenizer,
            options.seed,
            held_out,
            scene_count=options.scenes,
            prompt_count=options.prompts,
            crop_seed=options.seed + 1,
        )
        print("held-out combinations" if held_out else "seen combinations")
        for name, values in sorted(scores.items()):
            print(f"  {name:18} {np.mean(values):.3f}  ({len(values)} prompts)")


if __name__ == "__main__":
    main()
