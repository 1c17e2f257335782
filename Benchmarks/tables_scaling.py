"""The tables of cost against work."""

import results
from markdown import table
from service_rounds import percentile


def resolution() -> str | None:
    if not (result := results.load("scaling-resolution")):
        return None
    seconds = {(one["side"], one["precision"]): one["seconds"] for one in result["points"]}
    sides = sorted({side for side, _ in seconds})
    rows = [
        (f"{side} × {side}", *(f"{seconds[side, precision] * 1000:.1f}" for precision in ("fp32", "bf16", "int8")))
        for side in sides
    ]
    return table(("Median, ms", "fp32", "bf16", "int8"), rows)


def prompts() -> str | None:
    if not (result := results.load("scaling-prompts")):
        return None
    seconds = {(one["prompts"], one["cached"]): one["seconds"] for one in result["points"]}
    counts = sorted({count for count, _ in seconds})
    rows = [(count, *(f"{seconds[count, cached] * 1000:.1f}" for cached in (False, True))) for count in counts]
    return table((f"Prompts, {result['precision']}", "new image, ms", "image and texts known, ms"), rows)


def megapixels() -> str | None:
    if not (result := results.load("scaling-megapixels")):
        return None
    names = ["decode", "preprocess", "postprocess", "encode_png", "all but the model"]
    rows = [
        (
            f"{one['megapixels']}, {one['decode']}",
            f"{one['bytes'] / 1e6:.2f}",
            *(f"{one['stages'][name] * 1000:.1f}" for name in names),
        )
        for one in result["points"]
    ]
    return table(("Megapixels", "file, MB", *(f"{name}, ms" for name in names)), rows)


def concurrency() -> str | None:
    if not (result := results.load("scaling-concurrency")):
        return None
    rows = [
        (
            one["concurrency"],
            f"{one['throughput']:.2f}",
            *(f"{percentile(one['latencies_ms'], percent):.0f}" for percent in (50, 95, 99)),
        )
        for one in result["points"]
    ]
    return table((f"At a time, {result['precision']}", "requests/s", "p50, ms", "p95", "p99"), rows)
