"""Draws the demo scenes in Tests/Scenes, with masks and what the reference scores on each.

    python make_scenes.py [FOLDER]

Every scene comes from the seed in its name, so it is drawn again the same; none is from training.
"""

import argparse
import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import CLIPSegForImageSegmentation, CLIPTokenizer
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

from evaluate import DEMO_CHECKPOINT, SMALLEST_MASK, intersection_over_union
from model import segment, text_features
from scenes import SceneGenerator

SCENES_FOLDER = Path(__file__).parents[1] / "Tests" / "Scenes"

# Seed, width, height and file type. The seeds were picked by eye and score: scenes with several
# things, most of which the model finds, as a demonstration should have; none is perfect.
SCENES = [
    (2000, 192, 192, "png"),
    (2013, 192, 192, "png"),
    (2021, 256, 256, "png"),
    (2027, 320, 240, "jpg"),
    (2023, 400, 300, "jpg"),
    (2008, 480, 320, "jpg"),
    (2025, 240, 360, "jpg"),
    (2019, 640, 480, "jpg"),
]
PROMPTS_TO_TRY = 24
PROMPTS_PER_SCENE = 4
JPEG_QUALITY = 88


@torch.no_grad()
def predict(model, tokenizer, image_processor, image, prompts):
    """Masks as the program makes them: logits resized to the image, then probability ≥ 0.5."""
    pixel_values = image_processor(image, return_tensors="pt").pixel_values
    logits = segment(model, pixel_values, text_features(model, tokenizer, prompts))
    size = (image.height, image.width)
    enlarged = torch.nn.functional.interpolate(logits[:, None], size, mode="bilinear")
    return enlarged[:, 0].numpy() >= 0


def choose_prompts(scene):
    """The first prompts that ask for different things, each of which is there."""
    chosen = {}
    for prompt, mask in zip(scene.prompts, scene.masks, strict=True):
        if mask.sum() > SMALLEST_MASK and mask.tobytes() not in chosen:
            chosen[mask.tobytes()] = (prompt, mask)
    return list(chosen.values())[:PROMPTS_PER_SCENE]


def encode(image, suffix):
    data = io.BytesIO()
    if suffix == "jpg":
        image.save(data, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(data, "PNG", optimize=True)
    return data.getvalue()


def draw(seed, width, height):
    """A scene and its prompts: as many as asked for, less those that repeat or find nothing."""
    scene = SceneGenerator(seed, width=width, height=height).scene(PROMPTS_TO_TRY)
    return scene.image, choose_prompts(scene)


class Reference:
    """The demo checkpoint in transformers, float32."""

    def __init__(self):
        self.model = CLIPSegForImageSegmentation.from_pretrained(
            DEMO_CHECKPOINT, dtype=torch.float32
        ).eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(DEMO_CHECKPOINT)
        self.image_processor = ViTImageProcessorPil.from_pretrained(DEMO_CHECKPOINT)

    def scores(self, image, prompts):
        texts = [text for text, _ in prompts]
        predicted = predict(self.model, self.tokenizer, self.image_processor, image, texts)
        return [
            intersection_over_union(found, mask)
            for found, (_, mask) in zip(predicted, prompts, strict=True)
        ]


def write_scene(folder, reference, seed, width, height, suffix):
    """Writes the image and its masks; returns the entry for scenes.json."""
    pixels, prompts = draw(seed, width, height)
    name = f"scene-{seed}"
    file = folder / f"{name}.{suffix}"
    file.write_bytes(encode(Image.fromarray(pixels), suffix))
    entry = {"file": file.name, "width": width, "height": height, "prompts": []}
    with Image.open(file) as image:
        scores = reference.scores(image.convert("RGB"), prompts)
    for index, ((text, mask), score) in enumerate(zip(prompts, scores, strict=True), start=1):
        mask_file = f"{name}-mask-{index}.png"
        Image.fromarray(mask).save(folder / mask_file, optimize=True)
        entry["prompts"].append({"text": text, "mask": mask_file, "iou": round(float(score), 3)})
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SCENES_FOLDER)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    reference = Reference()
    entries = [write_scene(folder, reference, *scene) for scene in SCENES]
    scores = [prompt["iou"] for entry in entries for prompt in entry["prompts"]]
    print(f"{len(scores)} prompts, mean IoU {np.mean(scores):.3f}")
    contents = {"threshold": 0.5, "mean_iou": round(float(np.mean(scores)), 3), "scenes": entries}
    (folder / "scenes.json").write_text(json.dumps(contents, indent=1) + "\n")


if __name__ == "__main__":
    main()
