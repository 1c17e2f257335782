#!/usr/bin/env python3
"""Attacks `clipseg serve`, and looks whether others notice and whether anything is left behind.

    Tests/Attacks/attack.py [--binary FILE] [--tls] [--seconds 60] [ATTACK ...]

Prints a line for each attack, and exits with 1 if one has done harm.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from attacks import ATTACKS
from server import Server, Usage
from target import POLLER, Target, get

SLOWEST = 0.1  # seconds that GET /livez may take
GROWTH = 0.1  # of the resident memory
PATIENCE = 35  # seconds until the server has forgotten the attack


@dataclass(frozen=True)
class Latencies:
    seconds: list[float]
    failures: int


def main() -> None:
    arguments = parse_arguments()
    allow_descriptors()
    print(
        f"{'':22}{'livez, ms':15}   {'memory, MiB':29}   {'descriptors':18}\n"
        f"{'attack':22}{'median':>7} /{'max':>6}   {'before → peak → after':29}   {'before → peak → after'}"
        "  alive  exit"
    )
    good = [
        attack(name, arguments.binary, arguments.tls, arguments.seconds)
        for name in arguments.attacks or ATTACKS
    ]
    sys.exit(0 if all(good) else 1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/clipseg"))
    parser.add_argument("--tls", action="store_true", help="over TLS, with a certificate made for it")
    parser.add_argument("--seconds", type=float, default=60, help="how long each attack lasts")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    arguments = parser.parse_args()
    if unknown := set(arguments.attacks) - set(ATTACKS):
        parser.error(f"no such attack: {', '.join(sorted(unknown))}")
    return arguments


def allow_descriptors() -> None:
    """Raises the limit on descriptors, for the attacker and for the server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def attack(name: str, binary: Path, tls: bool, seconds: float) -> bool:
    """Runs one attack on a server of its own, prints its line, and returns whether all went well."""
    server = Server(binary, tls)
    try:
        server.warm_up()
        before = server.usage()
        latencies, peak = attack_and_poll(name, server, seconds)
        alive = server.is_alive()
        after = settled_usage(server, before)
    finally:
        status = server.stop()
    good = (
        max(latencies.seconds) <= SLOWEST
        and latencies.failures == 0
        and after.resident <= before.resident * (1 + GROWTH)
        and (alive, after.descriptors, status) == (True, before.descriptors, 0)
    )
    report(name + (" (TLS)" if tls else ""), latencies, [before, peak, after], alive, status, good)
    return good


def attack_and_poll(name: str, server: Server, seconds: float) -> tuple[Latencies, Usage]:
    """Attacks from one process, at a low priority, polls from another, and watches for the peaks."""
    until = time.monotonic() + seconds
    receiver, sender = multiprocessing.Pipe(duplex=False)
    attacker = multiprocessing.Process(target=run_attack, args=(name, server.target, until))
    poller = multiprocessing.Process(target=poll, args=(server.target, until, sender))
    attacker.start()
    poller.start()
    usages = [server.usage()]
    while not receiver.poll(1):
        usages.append(server.usage())
    latencies: Latencies = receiver.recv()
    poller.join()
    attacker.join(30)
    attacker.kill()
    peak = Usage(max(usage.resident for usage in usages), max(usage.descriptors for usage in usages))
    return latencies, peak


def run_attack(name: str, target: Target, until: float) -> None:
    os.nice(10)
    ATTACKS[name](target, until)
    os._exit(0)  # with its sockets open, as an attacker would


def poll(target: Target, until: float, results: Connection) -> None:
    """GET /livez on a new connection every 50 ms, from an address of its own."""
    seconds = []
    failures = 0
    while time.monotonic() < until:
        begin = time.monotonic()
        try:
            with target.connect(POLLER) as connection:
                connection.sendall(get("/livez"))
                failures += not connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        except OSError:
            failures += 1
        seconds.append(time.monotonic() - begin)
        time.sleep(0.05)
    results.send(Latencies(seconds, failures))


def settled_usage(server: Server, before: Usage) -> Usage:
    """Waits until the server uses what it did before, or until patience ends."""
    deadline = time.monotonic() + PATIENCE
    while (after := server.usage()).descriptors != before.descriptors and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(3)
    return server.usage()


def report(
    name: str, latencies: Latencies, usages: list[Usage], alive: bool, status: int, good: bool
) -> None:
    median, slowest = statistics.median(latencies.seconds) * 1000, max(latencies.seconds) * 1000
    resident = " → ".join(f"{usage.resident / 1024:5.1f}" for usage in usages)
    descriptors = " → ".join(f"{usage.descriptors:4}" for usage in usages)
    growth = 100 * (usages[-1].resident / usages[0].resident - 1)
    failures = f"  {latencies.failures} of {len(latencies.seconds)} polls failed" if latencies.failures else ""
    print(
        f"{name:22}{median:7.1f} /{slowest:6.1f}   {resident} {growth:+6.1f}%   {descriptors}"
        f"{'yes' if alive else 'NO':>7}{status:6}  {'ok' if good else 'FAIL'}{failures}",
        flush=True,
    )


if __name__ == "__main__":
    main()
