"""What the project wants to reach, against what was measured."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

import results
import service_rounds

# The vision encoder's products for one image of 352 × 352: 485 positions, ten layers of width 768, and the patches.
POSITIONS, WIDTH, LAYERS, PATCHES, PATCH_VALUES = 485, 768, 10, 484, 16 * 16 * 3
ENCODER_OPERATIONS = 2 * (
    LAYERS * (POSITIONS * 12 * WIDTH * WIDTH + 2 * POSITIONS * POSITIONS * WIDTH) + PATCHES * PATCH_VALUES * WIDTH
)


@dataclass(frozen=True)
class Target:
    """A line of the table: what is asked, how much at least or at most, and what was measured."""

    text: str
    limit: float
    unit: str
    measure: Callable[[], float | None]
    at_most: bool = False

    def row(self) -> tuple[str, str, str, str]:
        sign = "≤" if self.at_most else "≥"
        limit = f"{sign} {self.limit:g} {self.unit}".strip()
        if (value := self.measure()) is None:
            return self.text, limit, "not measured", ""
        holds = value <= self.limit if self.at_most else value >= self.limit
        return self.text, limit, f"{shown(value)} {self.unit}".strip(), "yes" if holds else "**no**"


def shown(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def speedup(race: str, against: str = "") -> float | None:
    """How many times faster than the fastest peer whose name begins so: the median of the rounds' ratios."""
    if not (result := results.load(f"peers-{race}")):
        return None
    turns = result["seconds"]
    ours = next(turns[name] for name in turns if name.startswith("clipseg"))
    ratios = [
        statistics.median(theirs / own for theirs, own in zip(seconds, ours, strict=True))
        for name, seconds in turns.items()
        if not name.startswith("clipseg") and name.startswith(against)
    ]
    return min(ratios, default=None)


def iou(precision: str) -> float | None:
    return result["demo"][precision]["iou"] if (result := results.load("masks")) else None


def share_of_peak(precision: str) -> float | None:
    if not (result := results.load("stages")) or not result["peak"][precision]:
        return None
    seconds = result["full_size"][precision]["new_image"]["encode"]
    return 100 * ENCODER_OPERATIONS / seconds / result["peak"][precision]


def cached_speedup() -> float | None:
    """A new image with a new prompt against a new prompt on the same image, both with the text's encoding."""
    if not (result := results.load("stages")):
        return None
    first, second = (
        sum(result["full_size"]["fp32"][kind].get(stage, 0) for stage in ("text", "encode", "decode_mask"))
        for kind in ("new_image", "new_prompt")
    )
    return first / second


def service_throughput() -> float | None:
    if not (pooled := service_rounds.load()):
        return None
    return pooled["clipseg-bf16"].loads[4].throughput / pooled["transformers-fp32"].loads[4].throughput


def service_p99() -> float | None:
    if not (pooled := service_rounds.load()):
        return None
    return pooled["clipseg-bf16"].loads[4].percentile(99) / pooled["transformers-fp32"].loads[4].percentile(99)


def twelve_megapixels(decode: str) -> float | None:
    return result["twelve_megapixels"][decode]["all_but_model"] * 1000 if (result := results.load("stages")) else None


def resident(precision: str) -> float | None:
    return pooled[f"clipseg-{precision}"].loads[4].resident_bytes / 1e6 if (pooled := service_rounds.load()) else None


def ready() -> float | None:
    return pooled["clipseg-fp32"].ready_seconds if (pooled := service_rounds.load()) else None


def soak() -> float | None:
    """How much of what must hold does, in a soak of full length."""
    if not (result := results.load("soak")) or result["minutes"] < 30:
        return None
    return 100 * statistics.mean(one["holds"] for one in result["verdict"])


TARGETS = [
    Target("fp32 against the fastest fp32 peer", 1.03, "×", lambda: speedup("fp32")),
    Target("bf16 against the fastest bf16 peer", 1.12, "×", lambda: speedup("bf16")),
    Target("int8 against ONNX Runtime int8 dynamic", 1.8, "×", lambda: speedup("int8", "onnxruntime")),
    Target("int8 masks against fp32, pooled IoU, demo scenes", 0.98, "", lambda: iou("int8")),
    Target("vision encoder against the peak, fp32", 85, "%", lambda: share_of_peak("fp32")),
    Target("vision encoder against the peak, bf16", 75, "%", lambda: share_of_peak("bf16")),
    Target("vision encoder against the peak, int8", 60, "%", lambda: share_of_peak("int8")),
    Target("10 prompts on one image against transformers, fp32", 9, "×", lambda: speedup("ten-prompts")),
    Target("a new prompt on a cached image against the first, model only, fp32", 15, "×", cached_speedup),
    Target("service, bf16, 4 at a time, throughput against FastAPI + transformers fp32", 3, "×", service_throughput),
    Target("the same, p99 against p99", 1, "×", service_p99, at_most=True),
    Target("12 megapixels, all but the model, one core, exact", 130, "ms", lambda: twelve_megapixels("exact"), True),
    Target("12 megapixels, all but the model, one core, fast", 60, "ms", lambda: twelve_megapixels("fast"), True),
    Target("resident memory, 4 at a time, fp32", 750, "MB", lambda: resident("fp32"), True),
    Target("resident memory, 4 at a time, bf16", 430, "MB", lambda: resident("bf16"), True),
    Target("resident memory, 4 at a time, int8", 300, "MB", lambda: resident("int8"), True),
    Target("start to ready, fp32 file in the page cache", 1.5, "s", ready, True),
    Target("what must hold of a soak of 30 minutes", 100, "%", soak),
]
