"""What each precision does to the masks: against our own fp32, on the demo's scenes and at full size."""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
from PIL import Image

from images import photographs
from settings import ROOT, Settings

SCENES = ROOT / "Tests" / "Scenes"
PHOTOGRAPHS = 8
PROMPTS = ["a red umbrella", "the wooden table", "something to fill a glass with"]


def run(settings: Settings) -> dict:
    return {"demo": demo_scenes(settings), "full_size": full_size(settings)}


def demo_scenes(settings: Settings) -> dict:
    """Intersections and unions of masks, pooled over all scenes and prompts."""
    cases = [
        (SCENES / scene["file"], prompt["text"])
        for scene in json.loads((SCENES / "scenes.json").read_text())["scenes"]
        for prompt in scene["prompts"]
    ]
    masks = {
        precision: [segment(settings, image, [text], precision, "mask") > 0 for image, text in cases]
        for precision in ("fp32", "bf16", "int8")
    }
    return {"cases": len(cases)} | {
        precision: {"iou": pooled_iou(masks[precision], masks["fp32"])} for precision in ("bf16", "int8")
    }


def full_size(settings: Settings) -> dict:
    """Masks of the model's own size, and the correlation of logits; the weights are random."""
    photographs(settings.work / "images", PHOTOGRAPHS)
    files = sorted((settings.work / "images").glob("1920x1080-*.jpg"))[:PHOTOGRAPHS]
    logits = {
        precision: [segment(settings, file, PROMPTS, precision, "logits", settings.checkpoint) for file in files]
        for precision in ("fp32", "bf16", "int8")
    }

    def compare(precision: str) -> dict[str, float]:
        ours, reference = numpy.stack(logits[precision]), numpy.stack(logits["fp32"])
        return {
            "iou": pooled_iou([ours > 0], [reference > 0]),
            "correlation": float(numpy.corrcoef(ours.ravel(), reference.ravel())[0, 1]),
        }

    return {"cases": len(files) * len(PROMPTS)} | {precision: compare(precision) for precision in ("bf16", "int8")}


def segment(
    settings: Settings, image: Path, prompts: list[str], precision: str, kind: str, checkpoint: Path | None = None
) -> numpy.ndarray:
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        command = [str(settings.binary), "segment", str(image), *prompts, "--as", kind, "-o", str(output)]
        command += ["--precision", precision, "--threads", str(settings.threads), "--log-level", "error"]
        command += ["--model", str(checkpoint)] if checkpoint else []
        subprocess.run(command, check=True)
        return numpy.load(output) if kind == "logits" else numpy.asarray(Image.open(output))


def pooled_iou(masks: list[numpy.ndarray], references: list[numpy.ndarray]) -> float:
    pairs = list(zip(masks, references, strict=True))
    intersection = sum(int((mask & reference).sum()) for mask, reference in pairs)
    return intersection / sum(int((mask | reference).sum()) for mask, reference in pairs)
