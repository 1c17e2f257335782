"""This machine's peak in operations a second: multiply-adds in registers, on all threads."""

import json
import subprocess

from settings import HERE, Settings


def measure(settings: Settings) -> dict:
    program = settings.work / "peak"
    command = ["cc", "-O3", "-funroll-loops", "-pthread", str(HERE / "peak.c"), "-o", str(program)]
    subprocess.run(command, check=True)
    runs = [
        json.loads(subprocess.run([program, str(settings.threads)], check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    return {kind: max(run[kind] for run in runs) if runs[0][kind] else None for kind in runs[0]}
