"""What the results were measured on."""

import importlib.metadata
import os
import platform
import re
import resource
import subprocess
import time
from pathlib import Path

from settings import ROOT, Settings

PACKAGES = ["torch", "transformers", "onnxruntime", "openvino", "nncf", "fastapi", "uvicorn"]

PROGRAM = ["--", "Sources", "Package.swift"]  # what the binary is made of


def describe(settings: Settings) -> dict[str, object]:
    information = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", information)
    flags = set(re.findall(r"\b(avx2|avx512f|avx512_vnni|avx512_bf16|amx_tile|amx_bf16|amx_int8)\b", information))
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "features": sorted(flags),
        "memory_bytes": int(memory[1]) * 1024 if memory else 0,
        "system": platform.freedesktop_os_release()["PRETTY_NAME"] + ", Linux " + platform.release(),
        "commit": git("log", "-1", "--format=%h", *PROGRAM) + ("+" if git("status", "--porcelain", *PROGRAM) else ""),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()


class ForeignLoad:
    """What others use of the machine from when it is made: processes that are neither this one nor its children."""

    def __init__(self) -> None:
        self._begin, self._foreign = time.monotonic(), foreign_seconds()

    def share(self) -> float:
        elapsed = time.monotonic() - self._begin
        return max(0, foreign_seconds() - self._foreign) / elapsed / (os.cpu_count() or 1)


def foreign_seconds() -> float:
    """Seconds of CPU that others have used so far; of our children, those count that have ended."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return (user + nice + system) / os.sysconf("SC_CLK_TCK") - sum(one.ru_utime + one.ru_stime for one in ours)
