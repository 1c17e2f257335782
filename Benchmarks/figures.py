"""The plots of RESULTS.md, each drawn from stored results if there are any."""

import statistics
from collections.abc import Callable

import results
import service_rounds
from part_service import CONCURRENCIES, CONTESTANTS
from plots import OURS, THEIRS, bars, plot

COLOURS = {"fp32": "#3b6ea5", "bf16": OURS, "int8": "#5d8c3e"}


def peers() -> None:
    races = [(name, result) for name in ("fp32", "bf16", "int8") if (result := results.load(f"peers-{name}"))]
    if not races:
        return
    with plot("peers", width=10, height=2.4, columns=len(races)) as all_axes:
        for axes, (name, result) in zip(all_axes, races, strict=True):
            medians = {one: statistics.median(seconds) * 1000 for one, seconds in result["seconds"].items()}
            bars(axes, dict(sorted(medians.items(), key=lambda item: item[1])), f"ms, {name}")


def service() -> None:
    if not (pooled := service_rounds.load()):
        return
    with plot("service", width=10, height=3, columns=len(CONCURRENCIES)) as all_axes:
        for axes, concurrency in zip(all_axes, CONCURRENCIES, strict=True):
            values = {name: pooled[name].loads[concurrency].throughput for name in CONTESTANTS if name in pooled}
            bars(axes, values, f"requests/s, {concurrency} at a time")
            if axes is not all_axes[0]:
                axes.set_yticklabels([])


def resolution() -> None:
    if not (result := results.load("scaling-resolution")):
        return
    with plot("resolution", width=4.5) as [axes]:
        for precision, colour in COLOURS.items():
            points = [one for one in result["points"] if one["precision"] == precision]
            axes.plot(
                [one["side"] for one in points],
                [one["seconds"] * 1000 for one in points],
                "o-",
                color=colour,
                label=precision,
            )
        axes.set(xlabel="model's input, pixels a side", ylabel="ms", ylim=0)
        axes.legend()


def prompts() -> None:
    if not (result := results.load("scaling-prompts")):
        return
    with plot("prompts", width=4.5) as [axes]:
        for cached, label, colour in [(False, "new image", OURS), (True, "image and texts known", THEIRS)]:
            points = [one for one in result["points"] if one["cached"] == cached]
            axes.plot(
                [one["prompts"] for one in points],
                [one["seconds"] * 1000 for one in points],
                "o-",
                color=colour,
                label=label,
            )
        axes.set(xlabel="prompts", ylabel=f"ms, {result['precision']}", ylim=0)
        axes.legend()


def megapixels() -> None:
    if not (result := results.load("scaling-megapixels")):
        return
    with plot("megapixels", width=4.5) as [axes]:
        for decode, colour in [("exact", OURS), ("fast", COLOURS["fp32"])]:
            points = [one for one in result["points"] if one["decode"] == decode]
            totals = [one["stages"]["all but the model"] * 1000 for one in points]
            axes.plot([one["megapixels"] for one in points], totals, "o-", color=colour, label=f"decode={decode}")
        axes.set(xlabel="megapixels of the JPEG", ylabel="ms, all but the model", ylim=0)
        axes.legend()


def concurrency() -> None:
    if not (result := results.load("scaling-concurrency")):
        return
    with plot("concurrency", width=7, columns=2) as [left, right]:
        counts = [one["concurrency"] for one in result["points"]]
        left.plot(counts, [one["throughput"] for one in result["points"]], "o-", color=OURS)
        left.set(xlabel="requests at a time", ylabel=f"requests/s, {result['precision']}", ylim=0)
        for percent, colour in [(50, THEIRS), (99, OURS)]:
            latencies = [service_rounds.percentile(one["latencies_ms"], percent) for one in result["points"]]
            right.plot(counts, latencies, "o-", color=colour, label=f"p{percent}")
        right.set(xlabel="requests at a time", ylabel="ms", ylim=0)
        right.legend()


def soak() -> None:
    if not (result := results.load("soak")):
        return
    course = result["windows"]
    minutes = course["minutes"]
    with plot("soak", width=10, height=2.8, columns=4) as [memory, descriptors, latency, answers]:
        memory.plot(minutes, course["resident_mb"], color=OURS)
        memory.set(ylabel="resident, MB", ylim=0)
        descriptors.plot(minutes, course["descriptors"], color=OURS)
        descriptors.set(ylabel="descriptors, most", ylim=0)
        for name, colour in [("p50", THEIRS), ("p99", OURS)]:
            latency.plot(minutes, course[name], color=colour, label=f"{name} of accepted")
        latency.axhline(result["deadline"], color="black", linestyle=":", label="deadline")
        latency.set(ylabel="seconds", ylim=0)
        latency.legend()
        for status, colour in [("200", COLOURS["int8"]), ("429", OURS), ("503", THEIRS)]:
            answers.plot(minutes, course[status], color=colour, label=status)
        answers.set(ylabel="answers/s", ylim=0)
        answers.legend()
        for axes in (memory, descriptors, latency, answers):
            axes.set_xlabel("minutes")


FIGURES: list[Callable[[], None]] = [peers, service, resolution, prompts, megapixels, concurrency, soak]
