"""(a) The model alone: pixel values to logits, by `clipseg bench`."""

from contestants import bench
from settings import Settings

PRECISIONS = ["fp32", "bf16", "int8"]
PROMPTS = [1, 4, 16]


def run(settings: Settings, runs: int) -> dict:
    return {
        "reports": [
            bench(settings, precision, prompts=prompts, cached=cached, runs=runs)
            for cached in (False, True)
            for prompts in PROMPTS
            for precision in PRECISIONS
        ]
    }
