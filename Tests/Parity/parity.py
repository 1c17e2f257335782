"""Compares the program with transformers, from image file and prompt to logits.

    Tests/Parity/run.sh [--binary .build/release/clipseg] [--keep] [--only rd64-refined]

Full-size checkpoints with random weights are written to a temporary folder (with --keep to
models/parity, where they stay for the next run). With --reference-only the expected outputs are
computed and saved beside each checkpoint, and no program is needed. Exits with 1 if a comparison
fails. Prints a Markdown table.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import CLIPSegProcessor, CLIPTokenizer

import checkpoints
import reference

SIZES = [(352, 352), (640, 480), (1023, 517), (97, 211)]  # width, height
PROMPTS = ["a cat", "the wooden table in the background", "Größe: 3 m²"]
LABELS = ["a photo of a cat", "a photo of a dog", "nothing"]

LOGIT_TOLERANCE = 1e-3  # times the logits' standard deviation
FEATURE_TOLERANCE = 1e-4  # relative to the largest value
CORRELATION = {"bf16": 0.9995, "int8": 0.995}
DEMO_OVERLAP = {"bf16": 0.99, "int8": 0.98}


@dataclass
class Table:
    """Results so far, as rows of a Markdown table."""

    rows: list = field(default_factory=list)
    failed: bool = False

    def add(self, checkpoint, what, figure, limit, passed):
        self.failed |= not passed
        self.rows.append((checkpoint, what, figure, limit, "ok" if passed else "**FAILED**"))
        print(f"{checkpoint}: {what}: {figure} ({self.rows[-1][-1]})", file=sys.stderr)

    def __str__(self):
        head = ["| checkpoint | what | measured | limit | |", "|---|---|---|---|---|"]
        return "\n".join(head + [f"| {' | '.join(row)} |" for row in self.rows])


class Program:
    """The program under test, called as a user would."""

    def __init__(self, binary):
        self.binary = binary

    def run(self, *arguments):
        command = [str(argument) for argument in (self.binary, *arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)}\nexited with {result.returncode}:\n{result.stderr}")
        return result.stdout

    def logits(self, model, precision, image, *prompts):
        """The model's own logits, before any resizing; `model` None is the demo checkpoint."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "logits.npy"
            options = ["--precision", precision, "--as", "logits", "-o", output]
            if model:
                options += ["--model", model]
            self.run("segment", *options, image, *prompts)
            return np.load(output)

    def embedding(self, model, *source):
        answer = self.run("embed", "--model", model, "--precision", "fp32", *source)
        return numbers_in(json.loads(answer), "embedding").ravel()

    def logits_per_image(self, model, image, labels):
        options = ["--model", model, "--precision", "fp32"]
        answer = self.run("classify", *options, image, *labels)
        return numbers_in(json.loads(answer), "logits_per_image").ravel()


def numbers_in(value, key):
    """The numbers under `key`, or the first list of numbers, wherever in a JSON value they are."""
    found = first(find_key(value, key))
    if found is None:
        found = first(find_lists(value))
    if found is None:
        sys.exit(f"no numbers in the program's answer: {json.dumps(value)[:300]}")
    return np.array(found, np.float32)


def first(iterator):
    return next(iter(iterator), None)


def children(value):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else []


def find_key(value, key):
    if isinstance(value, dict) and key in value:
        yield value[key]
    for child in children(value):
        yield from find_key(child, key)


def find_lists(value):
    if isinstance(value, list) and value and all(isinstance(x, int | float) for x in value):
        yield value
    for child in children(value):
        yield from find_lists(child)


def draw_images(folder):
    """Images of the four sizes with a photograph's mix of broad shades, edges and fine grain."""
    paths = []
    for seed, (width, height) in enumerate(SIZES):
        generator = np.random.default_rng(seed)
        pixels = np.zeros((height, width, 3))
        for cells, strength in ((3, 90), (9, 60), (40, 30)):
            coarse = generator.uniform(-1, 1, (cells, cells, 3)).astype(np.float32)
            layers = [
                Image.fromarray(np.ascontiguousarray(coarse[..., channel])).resize(
                    (width, height), Image.BICUBIC
                )
                for channel in range(3)
            ]
            pixels += strength * np.stack([np.asarray(layer) for layer in layers], axis=-1)
        y, x = np.mgrid[:height, :width]
        for _ in range(5):
            angle, shift = generator.uniform(0, np.pi), generator.uniform(0.2, 0.8)
            side = (x / width - shift) * np.cos(angle) + (y / height - shift) * np.sin(angle)
            pixels += np.where(side[..., None] > 0, generator.uniform(-40, 40, 3), 0)
        pixels += generator.normal(0, 8, pixels.shape)
        path = folder / f"{width}x{height}.png"
        Image.fromarray(np.clip(pixels + 128, 0, 255).astype(np.uint8)).save(path)
        paths.append(path)
    return paths


@torch.no_grad()
def compute_reference(folder, images):
    """What transformers makes of the images and prompts: arrays by name."""
    model = reference.load_model(folder)
    processor = CLIPSegProcessor(
        reference.load_image_processor(folder), CLIPTokenizer.from_pretrained(folder)
    )
    generator = torch.Generator().manual_seed(1)
    custom = torch.randn(1, model.config.projection_dim, generator=generator)
    expected = {"custom_embedding": custom.numpy()}

    def text_features(prompts):
        tokens = processor(text=prompts, padding=True, return_tensors="pt")
        return model.clip.get_text_features(**tokens).pooler_output

    def segment(pixel_values, embeddings):
        batch = pixel_values.expand(len(embeddings), -1, -1, -1)
        return model(pixel_values=batch, conditional_embeddings=embeddings).logits.numpy()

    features = text_features(PROMPTS)
    expected["text_features"] = features.numpy()
    for index, path in enumerate(images):
        visual_prompt = images[(index + 1) % len(images)]
        with Image.open(path) as image, Image.open(visual_prompt) as prompt:
            inputs = processor(images=image, visual_prompt=prompt, return_tensors="pt")
        pixel_values = inputs["pixel_values"]
        conditional = inputs["conditional_pixel_values"]
        image_features = model.clip.get_image_features(pixel_values).pooler_output
        expected[f"{path.stem}/image_features"] = image_features.numpy()
        expected[f"{path.stem}/text_prompts"] = segment(pixel_values, features)
        prompted = model(pixel_values=pixel_values, conditional_pixel_values=conditional)
        expected[f"{path.stem}/image_prompt"] = prompted.logits.numpy()
    labels = processor(text=LABELS, padding=True, return_tensors="pt")
    compared = model.clip(**labels, pixel_values=pixel_values)
    expected["logits_per_image"] = compared.logits_per_image.numpy()
    expected["custom_prompt"] = segment(pixel_values, custom)
    return expected


def reference_outputs(folder, images):
    """The expected arrays, computed once for a checkpoint and kept beside it."""
    file = folder / "expected.npz"
    if not file.exists():
        print(f"Computing the reference for {folder.name}", file=sys.stderr)
        np.savez(file, **compute_reference(folder, images))
    return dict(np.load(file))


def compare_logits(table, name, what, actual, expected):
    if actual.shape != expected.shape:
        table.add(name, what, f"shape {actual.shape}", f"shape {expected.shape}", False)
        return
    error = np.abs(actual - expected).max() / expected.std()
    table.add(
        name, what, f"{error:.1e} std", f"{LOGIT_TOLERANCE:.0e} std", error <= LOGIT_TOLERANCE
    )


def compare_features(table, name, what, actual, expected):
    expected = expected.ravel()
    if actual.shape != expected.shape:
        table.add(name, what, f"{len(actual)} numbers", f"{len(expected)} numbers", False)
        return
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    passed = bool(error <= FEATURE_TOLERANCE)
    table.add(name, what, f"{error:.1e}", f"{FEATURE_TOLERANCE:.0e}", passed)


def compare_checkpoint(table, program, name, folder, images, narrow):
    """One checkpoint, every way of prompting, every size of image."""
    expected = reference_outputs(folder, images)
    for index, path in enumerate(images):
        text_prompts = expected[f"{path.stem}/text_prompts"]
        actual = program.logits(folder, "fp32", path, *PROMPTS)
        compare_logits(table, name, f"{path.stem}, three texts", actual, text_prompts)
        visual_prompt = images[(index + 1) % len(images)]
        actual = program.logits(folder, "fp32", path, "--prompt-image", visual_prompt)
        prompted = expected[f"{path.stem}/image_prompt"]
        compare_logits(table, name, f"{path.stem}, an image as prompt", actual, prompted)
        actual = program.embedding(folder, "--image", path)
        features = expected[f"{path.stem}/image_features"]
        compare_features(table, name, f"{path.stem}, image features", actual, features)
        for precision in narrow:
            actual = program.logits(folder, precision, path, *PROMPTS)
            compare_narrow(table, name, path.stem, precision, actual, text_prompts)
    last = images[-1]
    custom = folder / "custom.npy"
    np.save(custom, expected["custom_embedding"][0])
    actual = program.logits(folder, "fp32", last, "--embedding", custom)
    compare_logits(table, name, f"{last.stem}, an embedding", actual, expected["custom_prompt"])
    for prompt, features in zip(PROMPTS, expected["text_features"], strict=True):
        actual = program.embedding(folder, "--text", prompt)
        compare_features(table, name, f"“{prompt}”, text features", actual, features)
    actual = program.logits_per_image(folder, last, LABELS)
    compare_features(table, name, "logits_per_image", actual, expected["logits_per_image"])


def compare_narrow(table, name, stem, precision, actual, expected):
    """Correlation decides; the overlap of random weights' masks is for information."""
    correlation = np.corrcoef(actual.ravel(), expected.ravel())[0, 1]
    overlap = intersection_over_union([(actual > 0, expected > 0)])
    figure = f"correlation {correlation:.5f}, IoU {overlap:.4f}"
    limit = CORRELATION[precision]
    table.add(name, f"{stem}, {precision}", figure, f"{limit}", bool(correlation >= limit))


def intersection_over_union(pairs):
    """Pooled over all pixels of all pairs of masks."""
    common = sum(np.count_nonzero(one & other) for one, other in pairs)
    either = sum(np.count_nonzero(one | other) for one, other in pairs)
    return common / max(1, either)


def compare_demo(table, program, root, precision):
    """The demo checkpoint in a narrower precision against itself in fp32, over the scenes in the repository."""
    folder = root / "Tests" / "Scenes"
    pairs, singles, doubles = [], [], []
    for scene in json.loads((folder / "scenes.json").read_text())["scenes"]:
        texts = [prompt["text"] for prompt in scene["prompts"]]
        image = folder / scene["file"]
        single = program.logits(None, "fp32", image, *texts)
        double = program.logits(None, precision, image, *texts)
        pairs.append((single > 0, double > 0))
        singles.append(single.ravel())
        doubles.append(double.ravel())
    overlap = intersection_over_union(pairs)
    correlation = np.corrcoef(np.concatenate(singles), np.concatenate(doubles))[0, 1]
    figure = f"IoU {overlap:.4f}, correlation {correlation:.5f}"
    limit = DEMO_OVERLAP[precision]
    table.add("demo", f"{precision}, all scenes", figure, f"IoU {limit}", overlap >= limit)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2])
    parser.add_argument("--binary", type=Path, help="default: .build/release/clipseg")
    parser.add_argument("--keep", action="store_true", help="keep checkpoints in models/parity")
    parser.add_argument("--folder", type=Path, help="keep checkpoints in this folder")
    parser.add_argument("--only", nargs="+", choices=checkpoints.CHECKPOINTS, metavar="NAME")
    parser.add_argument(
        "--narrow", nargs="*", choices=CORRELATION, default=list(CORRELATION), metavar="PRECISION",
        help="the precisions besides fp32 to compare: bf16, int8, both if not given",
    )
    parser.add_argument("--reference-only", action="store_true", help="run no program")
    parser.add_argument("--demo", action="store_true", help="only the demo checkpoint")
    return parser.parse_args()


def main():
    options = parse_options()
    program = Program(options.binary or options.root / ".build" / "release" / "clipseg")
    if not options.reference_only and not Path(program.binary).exists():
        sys.exit(f"no program at {program.binary}; build it with: swift build -c release")
    table = Table()
    with contextlib.ExitStack() as stack:
        if options.folder or options.keep:
            folder = options.folder or options.root / "models" / "parity"
            folder.mkdir(parents=True, exist_ok=True)
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not options.demo:
            images = draw_images(folder)
            names = options.only or list(checkpoints.CHECKPOINTS)
            for name, path in checkpoints.build(folder, names).items():
                if options.reference_only:
                    describe(name, reference_outputs(path, images))
                else:
                    compare_checkpoint(table, program, name, path, images, options.narrow)
    if options.reference_only:
        return
    for precision in options.narrow:
        compare_demo(table, program, options.root, precision)
    print(table)
    sys.exit(1 if table.failed else 0)


def describe(name, expected):
    """Shows that the expected logits are worth comparing: they vary, and differ by prompt."""
    for key, value in expected.items():
        print(f"{name}: {key}: shape {value.shape}, mean {value.mean():.3f}, std {value.std():.3f}")


if __name__ == "__main__":
    main()
