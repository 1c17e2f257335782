#!/usr/bin/env python3
"""Has schemathesis ask a service with the demo model whatever openapi.yaml, as it is served, allows and forbids.

    Tests/Schemathesis/run.py --binary .build/release/clipseg [--examples 200]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# At least so many answers for each example must be 200, of all there are for an operation: only refusals would tell little.
LEAST_SHARE = 0.2


def started(binary, log):
    """A service on a free port, and its address."""
    command = [binary, "serve", "--port", "0", "--log-format", "text", "--access-log", "none"]
    process = subprocess.Popen(command, stderr=log.open("wb"))
    for _ in range(600):
        text = log.read_text()
        if "clipseg: ready" in text and (found := re.search(r"address=(127\.0\.0\.1:\d+)", text)):
            return process, f"http://{found[1]}"
        time.sleep(0.1)
    process.kill()
    raise SystemExit(f"the service does not start:\n{log.read_text()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/clipseg"))
    parser.add_argument("--examples", type=int, default=200, help="for each operation")
    options, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        process, address = started(options.binary.resolve(), log)
        begin = time.monotonic()
        try:
            status = subprocess.run(
                [
                    Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
                    f"{address}/openapi.yaml", "--url", address, "--max-examples", str(options.examples),
                    *more,
                ],
                cwd=folder, env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)},
            ).returncode  # fmt: skip
        finally:
            process.terminate()
            ended = process.wait()
            idle = told(Path(folder) / "answers.json", LEAST_SHARE * options.examples)
        print(f"{time.monotonic() - begin:.0f} s; the service ended with {ended}")
        if ended:
            print(log.read_text()[-5000:])
        raise SystemExit(status or ended or idle)


def told(file, least):
    """Prints what was answered to what; 1 if there are operations that have hardly ever done what they are for."""
    if not file.exists():
        return 1
    idle = 0
    for operation, counts in sorted(json.loads(file.read_text()).items()):
        print(f"{operation}: " + ", ".join(f"{count} × {status}" for status, count in sorted(counts.items())))
        if counts.get("200", 0) < least:
            print(f"FAILED: {operation} was hardly ever answered 200")
            idle = 1
    return idle


if __name__ == "__main__":
    main()
