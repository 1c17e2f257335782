#!/usr/bin/env python3
"""Do clipseg and huggingface_hub read each other's cache? usage: shared_cache.py --binary FILE

Needs huggingface_hub. Fetches the demo checkpoint from a hub on this machine, once with each, and lets the other use what
is there while the hub is gone.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from hub import COMMIT, Hub

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "Sources/CDemoModel/checkpoint"
REPOSITORY = "maker/demo"
FETCH = "import sys, huggingface_hub; print(huggingface_hub.snapshot_download(sys.argv[1]))"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/clipseg")
    binary = parser.parse_args().binary.resolve()
    files = {file.name: file.read_bytes() for file in CHECKPOINT.iterdir()}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Hub(REPOSITORY, files, folder) as hub:
            online = {"HF_ENDPOINT": hub.endpoint, "SSL_CERT_FILE": str(hub.certificate)}
            ours = run([binary, "pull", REPOSITORY], folder / "ours", online)
            theirs = run([sys.executable, "-c", FETCH, REPOSITORY], folder / "theirs", online)
            count = len(hub.requests)
            again = run([binary, "pull", REPOSITORY], folder / "theirs", online)
            check("clipseg fetches nothing that huggingface_hub has fetched", len(hub.requests) == count + 1)
            check("and names the same folder", again == theirs)
        offline = {"HF_HUB_OFFLINE": "1"}
        check("huggingface_hub finds what clipseg has fetched",
              run([sys.executable, "-c", FETCH, REPOSITORY], folder / "ours", offline) == ours)
        check("clipseg finds what huggingface_hub has fetched",
              run([binary, "pull", REPOSITORY], folder / "theirs", offline) == theirs)
        for home in ("ours", "theirs"):
            snapshot = pathlib.Path(ours if home == "ours" else theirs)
            check(f"{home}: every file is what it should be",
                  all((snapshot / file).read_bytes() == content for file, content in files.items()))
            mask = folder / f"{home}.png"
            run([binary, "segment", ROOT / "Tests/Scenes/scene-2023.jpg", "a picture of the balloon", "--model", REPOSITORY,
                 "-o", mask], folder / home, offline)
            check(f"{home}: the model loads by its name", mask.read_bytes().startswith(b"\x89PNG"))
            pinned = run([binary, "pull", f"{REPOSITORY}@{COMMIT}"], folder / home, offline)
            check(f"{home}: and by its commit", pathlib.Path(pinned) == snapshot)
    return 0


def run(command: list, home: pathlib.Path, environment: dict[str, str]) -> str:
    variables = {**os.environ, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", **environment}
    return subprocess.run([str(part) for part in command], env=variables, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def check(what: str, holds: bool) -> None:
    print(("ok    " if holds else "FAILED") + " " + what)
    if not holds:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
