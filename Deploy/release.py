#!/usr/bin/env python3
"""Makes a release: a tarball with the program and what belongs to it, an SBOM (SPDX 2.3) and checksums.

    Deploy/release.py [--binary .build/release/clipseg] [--output release]

Needs binutils and dpkg. The same commit and binary make the same files, byte for byte.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import platform
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import sbom

TOP = Path(__file__).resolve().parents[1]
DOCUMENTS = ["LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "openapi.yaml"]


def commit_time() -> int:
    """When the commit was made: what the files are dated, so that they do not differ from run to run."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    return int(subprocess.check_output(["git", "log", "-1", "--format=%ct"], cwd=TOP, text=True))


def stripped(binary: Path, folder: Path) -> bytes:
    copy = folder / "clipseg.stripped"
    subprocess.run(["strip", "-o", copy, binary], check=True)
    program = copy.read_bytes()
    copy.unlink()
    return program


def tarball(files: dict[str, bytes], folder: str, time: int) -> bytes:
    """A gzip-compressed tar archive with nothing in it that changes from run to run."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, contents in files.items():
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime = len(contents), time
            entry.mode = 0o755 if name == "clipseg" else 0o644
            tar.addfile(entry, io.BytesIO(contents))
    return gzip.compress(archive.getvalue(), mtime=time)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", type=Path, default=TOP / ".build/release/clipseg")
    parser.add_argument("--output", type=Path, default=TOP / "release")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    version = subprocess.check_output([options.binary, "--version"], text=True).strip()
    name = f"clipseg-{version}-linux-{platform.machine()}"
    time = commit_time()
    program = stripped(options.binary, options.output)
    digest = hashlib.sha256(program).hexdigest()
    document = sbom.document(options.binary, version, digest, datetime.fromtimestamp(time, UTC))
    bill = (json.dumps(document, indent=1) + "\n").encode()
    documents = {file: (TOP / file).read_bytes() for file in DOCUMENTS}
    files = {"clipseg": program, **documents, "sbom.spdx.json": bill}
    made = {f"{name}.tar.gz": tarball(files, name, time), f"{name}.spdx.json": bill}
    sums = "".join(f"{hashlib.sha256(contents).hexdigest()}  {file}\n" for file, contents in made.items())
    for file, contents in (made | {"SHA256SUMS": sums.encode()}).items():
        (options.output / file).write_bytes(contents)
        print(f"{options.output / file}: {len(contents)} bytes")


if __name__ == "__main__":
    main()
