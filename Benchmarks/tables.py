"""The tables of RESULTS.md; each function makes one from stored results, or nothing if there are none."""

import statistics

import results
import service_rounds
from markdown import table
from part_service import CONCURRENCIES, CONTESTANTS, ROUNDS
from targets import TARGETS


def machine() -> str | None:
    if not (result := results.load("stages")):
        return None
    about, packages = result["machine"], result["machine"]["packages"]
    peak = {kind: f"{speed / 1e9:,.0f}" if speed else "none" for kind, speed in result["peak"].items()}
    rows = [
        ("CPU", f"{about['cpu']}, {about['cores']} cores; {', '.join(about['features'])}"),
        ("Peak, all cores", f"fp32 {peak['fp32']}, bf16 {peak['bf16']} GFLOP/s, int8 {peak['int8']} GOP/s"),
        ("Memory", f"{about['memory_bytes'] / 2**30:.0f} GiB"),
        ("System", about["system"]),
        ("clipseg", f"commit {about['commit']}"),
        ("Peers", ", ".join(f"{name} {version}" for name, version in packages.items())),
    ]
    return table(("", ""), rows).replace("---:", "---")


def model() -> str | None:
    if not (result := results.load("model")):
        return None
    reports = {(one["precision"], one["prompts"], one["cached"]): one for one in result["reports"]}
    precisions, prompts = (
        sorted({key[0] for key in reports}, key="fp32 bf16 int8".index),
        sorted({key[1] for key in reports}),
    )
    rows = [
        (
            f"{count} prompt{'s' if count > 1 else ''}{', image and texts encoded before' if cached else ''}",
            *(f"{reports[precision, count, cached]['median_seconds'] * 1000:.1f}" for precision in precisions),
        )
        for cached in (False, True)
        for count in prompts
    ]
    rows.append(("loading, s", *(f"{reports[precision, 1, False]['load_seconds']:.2f}" for precision in precisions)))
    rows.append(
        (
            "resident after 1 prompt, MB",
            *(f"{reports[precision, 1, False]['resident_bytes'] / 1e6:.0f}" for precision in precisions),
        )
    )
    return table(("Median, ms", *precisions), rows)


def race(name: str) -> str | None:
    """Everybody's median over the rounds, and the median of each round's ratio."""
    if not (result := results.load(f"peers-{name}")):
        return None
    turns = result["seconds"]
    ours = next(one for one in turns if one.startswith("clipseg"))
    rows = []
    for contestant, seconds in sorted(turns.items(), key=lambda item: statistics.median(item[1])):
        ratios = [theirs / own for theirs, own in zip(seconds, turns[ours], strict=True)]
        rows.append(
            (
                contestant,
                f"{statistics.median(seconds) * 1000:.1f}",
                f"{min(seconds) * 1000:.1f} … {max(seconds) * 1000:.1f}",
                "" if contestant == ours else f"{statistics.median(ratios):.2f}×",
                "" if contestant == ours else f"{min(ratios):.2f} … {max(ratios):.2f}",
                "" if contestant == ours else f"{result['facts'][contestant]['correlation']:.5f}",
            )
        )
    failed = [
        f"\n{contestant} did not run: {error.strip().splitlines()[-1]}"
        for contestant, error in result["failures"].items()
    ]
    heading = ("", "median, ms", "turns, ms", "clipseg is faster by", "rounds", "correlation")
    return "\n".join([table(heading, rows), *failed])


def service() -> str | None:
    if not (pooled := service_rounds.load()):
        return None
    rows = [
        (
            name,
            concurrency,
            f"{load.throughput:.2f}",
            *(f"{load.percentile(percent):.0f}" for percent in (50, 95, 99)),
            len(load.latencies_ms),
            f"{load.resident_bytes / 1e6:.0f}",
        )
        for concurrency in CONCURRENCIES
        for name in CONTESTANTS
        if name in pooled
        for load in [pooled[name].loads[concurrency]]
    ]
    return table(("", "at a time", "requests/s", "p50, ms", "p95", "p99", "requests", "resident, MB"), rows)


def service_start() -> str | None:
    if not (pooled := service_rounds.load()):
        return None
    rows = [(name, f"{one.ready_seconds:.2f}", f"{one.peak_resident_bytes / 1e6:.0f}") for name, one in pooled.items()]
    return table(("", "start to ready, s", "most memory ever held, MB"), rows)


def sizing() -> str | None:
    """What a replica can do, and what it takes."""
    if not (pooled := service_rounds.load()):
        return None
    cores = next(one for number in ROUNDS if (one := results.load(f"service-{number}")))["machine"]["cores"]
    rows = [
        (
            f"`{name.removeprefix('clipseg-')}`",
            f"{one.loads[4].throughput:.1f}",
            f"{one.loads[4].throughput / cores:.1f}",
            f"{one.loads[1].percentile(50):.0f} ms",
            *(f"{one.loads[concurrency].resident_bytes / 1e6:.0f} MB" for concurrency in (4, 16)),
            f"{one.peak_resident_bytes / 1e6:.0f} MB",
        )
        for name in ("clipseg-fp32", "clipseg-bf16", "clipseg-int8")
        if (one := pooled.get(name))
    ]
    heading = ("requests/s", "per core", "one request alone", "resident, 4 at a time", "16 at a time")
    return table(("`--precision`", *heading, "most ever, while loading"), rows)


def stages() -> str | None:
    if not (result := results.load("stages")):
        return None
    precisions = list(result["full_size"])
    names = list(result["full_size"]["fp32"]["new_image"])
    rows = [
        (
            name,
            *(
                f"{result['full_size'][precision][kind].get(name, 0) * 1000:.1f}"
                for kind in ("new_image", "new_prompt")
                for precision in precisions
            ),
        )
        for name in names
    ]
    heading = [f"{kind}, {precision}" for kind in ("new image", "new prompt") for precision in precisions]
    return table(("Median, ms", *heading), rows)


def twelve_megapixels() -> str | None:
    if not (result := results.load("stages")):
        return None
    kinds = result["twelve_megapixels"]
    names = [name for name in kinds["exact"] if name != "all_but_model"] + ["all_but_model"]
    rows = [(name.replace("_", " "), *(f"{kinds[kind][name] * 1000:.1f}" for kind in kinds)) for name in names]
    return table(("Median, ms", *kinds), rows)


def masks() -> str | None:
    if not (result := results.load("masks")):
        return None
    rows = [
        (
            precision,
            f"{result['demo'][precision]['iou']:.4f}",
            f"{result['full_size'][precision]['iou']:.4f}",
            f"{result['full_size'][precision]['correlation']:.5f}",
        )
        for precision in ("bf16", "int8")
    ]
    demo, full = result["demo"]["cases"], result["full_size"]["cases"]
    return table(
        ("Against fp32", f"IoU, {demo} masks of the demo", f"IoU, {full} masks at full size", "correlation of logits"),
        rows,
    )


def parts() -> str:
    """When each result was measured, as far as that tells whether to trust it."""
    rows = [
        (name, result["machine"]["commit"], result.get("took_seconds", ""), f"{result['others_used']:.1%}")
        for name, result in results.load_all().items()
    ]
    return table(("Part", "clipseg", "took, s", "others' share of the machine"), rows)


def targets() -> str:
    return table(("", "asked", "measured", "reached"), [target.row() for target in TARGETS])
