#!/usr/bin/env python3
"""Sends twenty pictures of 60 megapixels at once, of each kind, and measures what the server takes for them.

    Tests/Attacks/large_images.py [--binary FILE] [--uploads 20] [KIND ...]

Prints a line for each kind, and exits with 1 if an answer was wrong or the memory went beyond its budget.
"""

import argparse
import collections
import struct
import sys
import threading
import time
from pathlib import Path

from server import Server
from target import png, segment

WIDTH, HEIGHT = 8000, 7500
BUDGET = 512  # MiB: --decode-memory-bytes, as it is if not given
SLACK = 64  # MiB: for the uploads themselves and the answers


def jpeg(frame: int, bits_per_block: int, turned: bool = False) -> bytes:
    """All grey: no coefficient but zeros, each a single zero bit."""

    def marker(kind: int, data: bytes) -> bytes:
        return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data

    components = [(1, 0x11), (2, 0x11), (3, 0x11)]
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)
    scan = bytes([3] + [byte for id, _ in components for byte in (id, 0)] + [0, 63 if frame == 0xC0 else 0, 0])
    blocks = 3 * -(-WIDTH // 8) * -(-HEIGHT // 8)
    return (
        b"\xff\xd8"
        + (marker(0xE1, exif) if turned else b"")
        + marker(0xDB, b"\0" + b"\x01" * 64)
        + marker(
            frame,
            struct.pack(">BHHB", 8, HEIGHT, WIDTH, 3) + b"".join(bytes([id, factors, 0]) for id, factors in components),
        )
        + b"".join(marker(0xC4, bytes([table, 1] + [0] * 16)) for table in (0x00, 0x10))
        + marker(0xDA, scan)
        + bytes(blocks * bits_per_block // 8 + 1)
        + b"\xff\xd9"
    )


KINDS = {
    "png": lambda: png(WIDTH, HEIGHT),
    "baseline": lambda: jpeg(0xC0, 2),
    "turned": lambda: jpeg(0xC0, 2, turned=True),
    "progressive": lambda: jpeg(0xC2, 1),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/clipseg"))
    parser.add_argument("--uploads", type=int, default=20)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    arguments = parser.parse_args()
    if unknown := set(arguments.kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    print(f"{'kind':12}{'file, KiB':>10}{'seconds':>9}   {'memory, MiB: before → peak':28}answers")
    good = [attack(kind, arguments.binary, arguments.uploads) for kind in arguments.kinds or KINDS]
    sys.exit(0 if all(good) else 1)


def attack(kind: str, binary: Path, uploads: int) -> bool:
    picture = KINDS[kind]()
    request = segment(picture)
    server = Server(binary, False, "--request-timeout", "600")
    try:
        server.warm_up()
        before = server.usage().resident / 1024
        statuses: collections.Counter[str] = collections.Counter()
        began = time.monotonic()
        threads = [threading.Thread(target=upload, args=(server, request, statuses)) for _ in range(uploads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
        peak = server.peak_resident() / 1024
    finally:
        status = server.stop()
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    print(
        f"{kind:12}{len(picture) / 1024:10.0f}{seconds:9.1f}   {f'{before:.0f} → {peak:.0f}':28}{answers}", flush=True
    )
    return status == 0 and set(statuses) == {"200"} and peak - before <= BUDGET + SLACK


def upload(server: Server, request: bytes, statuses: collections.Counter[str]) -> None:
    with server.target.connect() as connection:
        connection.settimeout(600)
        connection.sendall(request)
        answer = b""
        while received := connection.recv(1 << 16):
            answer += received
    statuses[answer[9:12].decode() or "nothing"] += 1


if __name__ == "__main__":
    main()
