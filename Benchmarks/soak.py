#!/usr/bin/env python3
"""(e) A mixed load at twice the capacity, for half an hour: sizes, prompts, bad files, clients that leave.

    SCRIPT=soak.py Benchmarks/run.sh [--minutes 30] [--precision bf16]

Prints what must hold and whether it does, stores it as `Benchmarks/results/soak.json`, and exits with 1 if something
does not hold.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import machine
import report
import results
import services
from load import closed_loop
from service_rounds import percentile
from services import Service
from settings import ROOT, Settings
from soak_client import Outcome, send
from soak_requests import Mix
from soak_verdict import Soaked, verdict
from soak_watch import Watch

OVERLOAD = 2
GOOD_SHARE = 0.8
IMAGE_CACHE_BYTES = 4 << 20  # room for a quarter of the images, so that most are encoded and some are not
CAPACITY_CONCURRENCY = 4
CAPACITY_SECONDS = 30


def main() -> None:
    arguments = parse_arguments()
    settings = Settings(
        arguments.binary.resolve(),
        arguments.checkpoint.resolve(),
        Path(sys.executable),
        arguments.work,
        arguments.threads,
    )
    mix = Mix(random.Random(arguments.seed), settings.work / "images")
    options = ["--request-timeout", str(arguments.deadline), "--max-queue", str(arguments.max_queue)]
    options += ["--image-cache-bytes", str(IMAGE_CACHE_BYTES)]
    clock = machine.ForeignLoad()
    with services.clipseg(settings, arguments.precision, *options) as service:
        capacity = measure_capacity(service, mix)
        rate = OVERLOAD * capacity / GOOD_SHARE
        print(f"capacity {capacity:.2f} good requests/s; sending {rate:.2f} requests/s", file=sys.stderr)
        before = idle_usage(service)
        with Watch(service) as watch:
            outcomes = asyncio.run(send_all(service.port, mix, rate, arguments.minutes * 60, watch.begin))
        after = idle_usage(service)
        status = service.stop()
        soaked = Soaked(
            arguments.minutes * 60, arguments.deadline, outcomes, watch.samples, before, after, status, service.log()
        )
    result = {
        "machine": machine.describe(settings),
        "others_used": round(clock.share(), 3),
        "minutes": arguments.minutes,
        "precision": arguments.precision,
        "deadline": arguments.deadline,
        "max_queue": arguments.max_queue,
        "capacity": capacity,
        "rate": rate,
        "outcomes": counts(outcomes),
        "wrong": [f"{one.kind}: {one.result}" for one in outcomes if not one.right][:50],
        "windows": windows(soaked),
        "verdict": verdict(soaked),
    }
    results.store("soak", result)
    report.write()
    for one in result["verdict"]:
        print(f"{'ok  ' if one['holds'] else 'FAIL'} {one['claim']}: {one['measured']}")
    sys.exit(0 if all(one["holds"] for one in result["verdict"]) else 1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--deadline", type=float, default=10, help="the service's --request-timeout, in seconds")
    parser.add_argument("--max-queue", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/clipseg")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / ".build-bench")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args()


def measure_capacity(service: Service, mix: Mix) -> float:
    """Good requests a second when a few are always in flight."""
    cases = [case for case in (mix.good() for _ in range(400)) if case.kind == "good"]
    requests = [case.request for case in cases]
    measured = closed_loop(
        service.port, CAPACITY_CONCURRENCY, CAPACITY_SECONDS, lambda number: requests[number % len(requests)]
    )
    return measured.throughput


def idle_usage(service: Service) -> services.Usage:
    """What the service holds when it has had nothing to do for a while."""
    time.sleep(5)
    return service.usage()


async def send_all(port: int, mix: Mix, rate: float, seconds: float, begin: float) -> list[Outcome]:
    """Sends at random moments, whatever comes back; the outcomes in the order of their ends."""
    outcomes: list[Outcome] = []
    moment = time.monotonic()
    until = moment + seconds
    async with asyncio.TaskGroup() as group:
        while (moment := moment + mix.generator.expovariate(rate)) < until:
            await asyncio.sleep(max(0, moment - time.monotonic()))
            task = group.create_task(send(port, mix.draw(), begin))
            task.add_done_callback(lambda done: outcomes.append(done.result()))
    return outcomes


def counts(outcomes: list[Outcome]) -> dict[str, dict[str, int]]:
    """How often each kind came to each result."""
    tally: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        tally.setdefault(outcome.kind, Counter())[outcome.result if outcome.right else "wrong"] += 1
    return {kind: dict(sorted(tally[kind].items())) for kind in sorted(tally)}


def windows(soaked: Soaked) -> dict[str, list]:
    """The course of it, in a hundred steps or so."""
    length = max(10, soaked.seconds / 120)
    steps = int(soaked.seconds // length)

    def within(index: int, things: list) -> list:
        return [one for one in things if index * length <= one.at < (index + 1) * length]

    course: dict[str, list] = {"minutes": [round((index + 0.5) * length / 60, 2) for index in range(steps)]}
    for index in range(steps):
        samples, outcomes = within(index, soaked.samples), within(index, soaked.outcomes)
        accepted = [one.seconds for one in outcomes if one.kind == "good" and one.result == "200"]
        values = {
            "resident_mb": round(statistics.median(one.resident for one in samples) / 1e6, 1) if samples else None,
            "descriptors": max((one.descriptors for one in samples), default=None),
            "p50": round(percentile(accepted, 50), 3) if accepted else None,
            "p99": round(percentile(accepted, 99), 3) if accepted else None,
        }
        values |= {
            status: round(sum(one.result == status for one in outcomes) / length, 2) for status in ("200", "429", "503")
        }
        for name, value in values.items():
            course.setdefault(name, []).append(value)
    return course


if __name__ == "__main__":
    main()
