"""What the results were measured on."""

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path

from settings import ROOT, Settings

PACKAGES = ["torch", "transformers", "onnxruntime", "openvino", "nncf", "fastapi", "uvicorn"]


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
        "commit": git("rev-parse", "--short", "HEAD") + ("" if not git("status", "--porcelain", "Sources") else "+"),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()
