#!/usr/bin/env python3
"""Runs what the API guide shows, its commands and its clients in Python, JavaScript and Swift, and the README's clients.

    python Tests/Documentation/run_snippets.py [--binary .build/release/clipseg]

Needs curl and, in Python, requests, numpy and pillow. What needs Node.js or a Swift compiler is left out where there is
none, and said.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
sys.path.insert(0, str(TOP / "Documentation"))
from guide import blocks, clients, folder_with_scenes  # noqa: E402
from service import served  # noqa: E402

SECONDS = 300  # for the Swift compiler on a busy machine


def command(language, code, folder):
    """How to run a snippet; none if there is nothing to run it with."""
    if language == "sh":
        return ["bash", "-euo", "pipefail", "-c", code]
    if language == "python":
        return [sys.executable, "-c", code]
    file = folder / {"js": "snippet.mjs", "swift": "main.swift"}[language]
    file.write_text(code)
    if language == "js":
        return shutil.which("node") and ["node", file]
    compiled = f"swiftc -swift-version 6 '{file}' -o '{folder}/snippet' && '{folder}/snippet'"
    return shutil.which("swiftc") and ["bash", "-c", compiled]


def works(block, address):
    place = f"{block.page.name}:{block.line} ({block.language})"
    with folder_with_scenes() as folder:
        if not (run := command(block.language, block.at(address), folder)):
            print(f"left out {place}: nothing here runs it")
            return True
        result = subprocess.run(
            run, cwd=folder, text=True, errors="replace", timeout=SECONDS, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    print(("ok       " if result.returncode == 0 else "BROKEN   ") + place)
    if result.returncode != 0:
        print(result.stdout)
    return result.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=TOP / ".build/release/clipseg")
    runnable = [block for block in blocks() if block.language in ("sh", "python", "js", "swift")] + clients()
    with served(parser.parse_args().binary) as address:
        outcomes = [works(block, address) for block in runnable]
    print(f"{sum(outcomes)} of {len(outcomes)} snippets")
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()
