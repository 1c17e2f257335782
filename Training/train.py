"""Trains the demo checkpoint on drawn scenes.

    python train.py OUTPUT --minutes 85 [--start CHECKPOINT]

Two processor cores are enough: one draws, and both compute. Training is by the clock, so the result
differs from run to run.
"""

import argparse
import math
import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from transformers import CLIPSegForImageSegmentation, CLIPTokenizer

from evaluate import evaluate
from model import new_model, text_features, to_pixel_values, write_preprocessor_config
from scenes import SceneGenerator
from vocabulary import write_vocabulary

SCENES_PER_BATCH = 16
PROMPTS_PER_SCENE = 3
CROPS_PER_BATCH = 6  # the first scenes' first prompts are asked by picture
TEXT_ONLY_STEPS = 400  # pictures mean nothing until the vision encoder does

PEAK_LEARNING_RATE = 1e-3
FINAL_FRACTION = 0.02
WARM_UP_STEPS = 300
GRADIENT_LIMIT = 1.0
SCALE_LIMIT = 50  # of the similarity logits

SEEN_SEED, HELD_OUT_SEED = 7, 8


@dataclass
class Batch:
    """Scenes and crops as one stack of images, with all prompts and masks in scene order."""

    images: np.ndarray
    prompts: list[str]
    masks: np.ndarray


def draw_batches(queue, seed):
    """Draws batches for ever, in a process of its own."""
    generator = SceneGenerator(seed)
    while True:
        images, crops, prompts, masks = [], [], [], []
        for index in range(SCENES_PER_BATCH):
            scene = generator.scene(PROMPTS_PER_SCENE)
            images.append(scene.image)
            prompts += scene.prompts
            masks.append(scene.masks)
            if index < CROPS_PER_BATCH:
                crops.append(generator.crop(scene.descriptions[0]))
        queue.put(Batch(np.stack(images + crops), prompts, np.concatenate(masks)))


def learning_rate(step, progress):
    """Warm-up, then half a cosine over the time given."""
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    warm_up = min(1, step / WARM_UP_STEPS)
    return PEAK_LEARNING_RATE * warm_up * (FINAL_FRACTION + (1 - FINAL_FRACTION) * cosine)


def mask_losses(logits, masks):
    """Cross-entropy by prompt, and the Dice loss over prompts whose thing is there."""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    probability = logits.sigmoid()
    common, total = (probability * masks).sum((1, 2)), (probability + masks).sum((1, 2))
    dice = 1 - (2 * common + 1) / (total + 1)
    present = (masks.sum((1, 2)) > 0).float()
    return cross_entropy.mean(), (dice * present).sum() / present.sum().clamp(min=1)


def patch_loss(clip, hidden_states, text, masks, bias):
    """Each patch by itself should agree with the prompt as far as the prompt's mask covers it.

    Without this the vision encoder learns very slowly: the decoder alone tells it little.
    """
    patches = clip.visual_projection(clip.vision_model.post_layernorm(hidden_states[:, 1:]))
    patches = F.normalize(patches, dim=-1).repeat_interleave(PROMPTS_PER_SCENE, 0)
    similarity = (patches * text[:, None]).sum(-1) * similarity_scale(clip) + bias
    covered = F.avg_pool2d(masks[:, None], 16).flatten(1)
    loss = F.binary_cross_entropy_with_logits(similarity, covered, reduction="none")
    return (loss * (1 + 6 * covered)).mean()


def crop_loss(clip, crops, text):
    """A picture's features should be those of its prompt: told from the others, and equal."""
    names = F.normalize(text, dim=-1)
    similarity = F.normalize(crops, dim=-1) @ names.T * similarity_scale(clip)
    contrast = F.cross_entropy(similarity, torch.arange(CROPS_PER_BATCH))
    return contrast + F.mse_loss(crops, text)


def similarity_scale(clip):
    return clip.logit_scale.exp().clamp(max=SCALE_LIMIT)


def batch_losses(model, tokenizer, batch, patch_bias, with_crops):
    """All losses of a batch by name."""
    clip = model.clip
    masks = torch.from_numpy(batch.masks).float()
    text = text_features(model, tokenizer, batch.prompts)
    vision = clip.vision_model(to_pixel_values(batch.images), output_hidden_states=True)
    crops = clip.visual_projection(vision.pooler_output[SCENES_PER_BATCH:])
    asked_by_crop = torch.arange(CROPS_PER_BATCH) * PROMPTS_PER_SCENE
    embeddings = text.clone()
    if with_crops:
        embeddings[asked_by_crop] = crops
    activations = [
        vision.hidden_states[layer + 1][:SCENES_PER_BATCH].repeat_interleave(PROMPTS_PER_SCENE, 0)
        for layer in model.extract_layers
    ]
    logits = model.decoder(activations, embeddings).logits
    cross_entropy, dice = mask_losses(logits, masks)
    scenes = vision.last_hidden_state[:SCENES_PER_BATCH]
    return {
        "cross-entropy": cross_entropy,
        "dice": dice,
        "patches": patch_loss(clip, scenes, F.normalize(text, dim=-1), masks, patch_bias),
        "crops": crop_loss(clip, crops, text[asked_by_crop]),
    }


def total_loss(losses):
    return (
        8 * losses["cross-entropy"]
        + 0.5 * losses["dice"]
        + 2 * losses["patches"]
        + 0.2 * losses["crops"]
    )


def report(model, tokenizer, scene_count):
    for name, seed, held_out in (("seen", SEEN_SEED, False), ("held out", HELD_OUT_SEED, True)):
        scores = evaluate(model, tokenizer, seed, held_out, scene_count)
        text, absent = np.mean(scores["text"]), np.mean(scores["absent"])
        print(f"    {name}: IoU {text:.3f}, absent left empty {absent:.2f}", flush=True)
    model.train()


def train(model, tokenizer, output, seconds):
    """Trains for the time given, saving and reporting every 500 steps."""
    queue = multiprocessing.Queue(8)
    drawer = multiprocessing.Process(
        target=draw_batches, args=(queue, int(time.time())), daemon=True
    )
    drawer.start()
    patch_bias = torch.nn.Parameter(torch.tensor(-4.0))
    optimizer = torch.optim.AdamW(
        [*model.parameters(), patch_bias],
        lr=PEAK_LEARNING_RATE,
        weight_decay=0.02,
        betas=(0.9, 0.98),
    )
    start, step, smoothed = time.time(), 0, None
    model.train()
    while (elapsed := time.time() - start) < seconds:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, elapsed / seconds)
        with_crops = step > TEXT_ONLY_STEPS
        losses = batch_losses(model, tokenizer, queue.get(), patch_bias, with_crops)
        loss = total_loss(losses)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_LIMIT)
        optimizer.step()
        step += 1
        smoothed = loss.item() if smoothed is None else 0.98 * smoothed + 0.02 * loss.item()
        if step % 50 == 0:
            parts = ", ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            print(f"{step} {elapsed:.0f} s: loss {smoothed:.4f}, {parts}", flush=True)
        if step % 500 == 0:
            report(model, tokenizer, 100)
            model.save_pretrained(output)
    drawer.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output", type=Path, help="the folder to write the checkpoint to")
    parser.add_argument("--minutes", type=float, default=85)
    parser.add_argument("--start", help="a checkpoint to go on from, vocabulary included")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    if options.start:
        tokenizer = CLIPTokenizer.from_pretrained(options.start)
        for name in ("vocab.json", "merges.txt"):
            (options.output / name).write_bytes((Path(options.start) / name).read_bytes())
        model = CLIPSegForImageSegmentation.from_pretrained(options.start, dtype=torch.float32)
    else:
        model = new_model(write_vocabulary(options.output))
        tokenizer = CLIPTokenizer.from_pretrained(options.output)
    write_preprocessor_config(options.output)
    train(model, tokenizer, options.output, options.minutes * 60)
    report(model, tokenizer, 200)
    model.half().save_pretrained(options.output)


if __name__ == "__main__":
    main()
