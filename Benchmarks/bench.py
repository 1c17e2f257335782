#!/usr/bin/env python3
"""Runs parts of the benchmark, each of which stores its results as JSON in `Benchmarks/results`.

    Benchmarks/run.sh PART... [--checkpoint FOLDER] [--rounds N] …

Then writes the tables and plots of `Benchmarks/RESULTS.md` from all results there are.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import machine
import part_masks
import part_model
import part_options
import part_peers
import part_scaling
import part_service
import part_stages
import report
import results
from settings import ROOT, Settings

DISTURBED = 0.03  # of the machine, used by others while a part ran

Part = Callable[[Settings, argparse.Namespace], dict]

PARTS: dict[str, Part] = {
    "model": lambda settings, arguments: part_model.run(settings, arguments.runs),
    **{
        f"peers-{race}": lambda settings, arguments, race=race: part_peers.run(settings, race, arguments.rounds)
        for race in part_peers.RACES
    },
    "stages": lambda settings, arguments: part_stages.run(settings, arguments.runs),
    "masks": lambda settings, _: part_masks.run(settings),
    **{
        f"service-{number}": lambda settings, arguments, number=number: part_service.run(
            settings, number, arguments.seconds
        )
        for number in part_service.ROUNDS
    },
    **{
        f"scaling-{name}": lambda settings, arguments, work=work: work(settings, arguments)
        for name, work in part_scaling.AXES.items()
    },
    "options": lambda settings, _: part_options.run(settings),
}


def main() -> None:
    arguments = parse_arguments()
    settings = Settings(
        binary=arguments.binary.resolve(),
        checkpoint=arguments.checkpoint.resolve(),
        python=Path(sys.executable),
        work=arguments.work.resolve(),
        threads=arguments.threads,
    )
    settings.work.mkdir(parents=True, exist_ok=True)
    for name in arguments.parts or PARTS:
        print(f"== {name}", file=sys.stderr, flush=True)
        begin, clock = time.monotonic(), machine.ForeignLoad()
        measured = {"machine": machine.describe(settings)} | PARTS[name](settings, arguments)
        share = clock.share()
        if share > DISTURBED:
            print(
                f"   others used {share:.0%} of the machine meanwhile: measure again when it is quiet", file=sys.stderr
            )
        seconds = round(time.monotonic() - begin)
        results.store(name, measured | {"others_used": round(share, 3), "took_seconds": seconds})
    report.write()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/clipseg")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the size of rd64-refined")
    parser.add_argument("--work", type=Path, default=ROOT / ".build-bench", help="for exported graphs and images")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5, help="of races between peers")
    parser.add_argument("--runs", type=int, default=15, help="of clipseg alone")
    parser.add_argument("--seconds", type=float, default=8, help="of each load on a service")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return arguments


if __name__ == "__main__":
    main()
