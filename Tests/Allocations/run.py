#!/usr/bin/env python3
"""Counts what one inference allocates once the program has warmed up, and the pages that it touches first.

    Tests/Allocations/run.py [--binary .build/release/clipseg] [--model DIR] [--runs 20]

Runs `clipseg bench` twice, the second time with twice as many runs, below a library that counts calls
of malloc and its kin (count.c). The difference belongs to the additional runs. Fails if a run
allocates blocks of a page or more beyond its answer, or makes the system provide more pages than the
answer has: a worker's scratch arena is there from before.
What is left are objects of some tens of bytes, which malloc has at hand in each thread: an owner
for each matrix, the context of each parallel loop's body, lists of sequences, three for each helper
that has to be summoned. Fails if there are many more of them than these, such as one a row or a block.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ANSWER_BLOCKS = 1  # the logits
# What a program allocates before it is warm differs a little from run to run, and so do the pages it touches.
TOLERATED_BLOCKS = 0.5
TOLERATED_PAGES = 32
# 65 to 400 with the demo model, 60 to 700 at full size, most where operands are widened for AVX2; more helpers are summoned
# on a busy machine.
MOST_CALLS = 700


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=HERE / "../../.build/release/clipseg", type=Path)
    parser.add_argument("--model", help="a checkpoint's folder; the demo model if not given")
    parser.add_argument("--runs", default=20, type=int)
    parser.add_argument("--precisions", default="fp32,bf16,int8")
    arguments = parser.parse_args()

    print("| precision | | calls | bytes | calls for a page or more | pages touched first |")
    print("|---|---|---|---|---|---|")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "count.so"
        source = HERE / "count.c"
        subprocess.run(["cc", "-std=c11", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
        for precision in arguments.precisions.split(","):
            for cached in (False, True):
                once, twice = (
                    count(arguments, library, precision, cached, runs)
                    for runs in (arguments.runs, 2 * arguments.runs)
                )
                calls, size, large, pages = ((b - a) / arguments.runs for a, b in zip(once, twice))
                what = "decoder alone" if cached else "all of the model"
                print(f"| {precision} | {what} | {calls:.0f} | {size:.0f} | {large:.1f} | {pages:.0f} |", flush=True)
                failed |= large > ANSWER_BLOCKS + TOLERATED_BLOCKS or calls > MOST_CALLS
                failed |= pages > size / resource.getpagesize() + TOLERATED_PAGES
    if failed:
        sys.exit(f"A run takes more memory than the block of its answer, or allocates more than {MOST_CALLS} times.")


def count(arguments, library, precision, cached, runs):
    """Calls, bytes, large blocks and page faults of a whole run of the program."""
    command = [arguments.binary, "bench", "--precision", precision, "--runs", str(runs), "--log-level", "error"]
    command += ["--cached"] if cached else []
    command += ["--model", arguments.model] if arguments.model else []
    faults = page_faults()
    result = subprocess.run(
        command, env=os.environ | {"LD_PRELOAD": str(library)}, capture_output=True, text=True, check=True
    )
    counts = re.search(r"allocations (\d+) (\d+) (\d+)", result.stderr).groups()
    return [*map(int, counts), page_faults() - faults]


def page_faults():
    """Of all programs that this one has run."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


if __name__ == "__main__":
    main()
