#!/usr/bin/env python3
"""Two replicas of clipseg behind HAProxy and then nginx, under load: one is killed, one is stopped, both are replaced.

Stopping (SIGTERM) and replacing must fail no request. Killing (SIGKILL) may fail those that the dead replica had, and a
single retry by the client must save them. Then one alone, on a socket that systemd would hold, is restarted: no request
may fail either.
"""

import argparse
import getpass
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from load import Attempt, Load
from replica import Activated, Program, Replica, free_port, status, wait_until

DEPLOY = Path(__file__).resolve().parent.parent
SCENE = DEPLOY.parent / "Tests/Scenes/scene-2023.jpg"
PROMPT = [("prompt", "a picture of the balloon")]
# Seconds of --drain-delay that each example asks for.
DRAIN_DELAYS = {"haproxy": "5", "nginx": "1"}
# Seconds of load before and after what happens.
AROUND = 3.0
# What is in the kernel's hands as a process is killed arrives a moment later.
GRACE = 0.05
# Seconds that a client waits before it tries again: a killed process takes connections until its memory is given back.
PAUSE = 0.1


def with_addresses(configuration: Path, port: int, replicas: list[Replica]) -> str:
    """The example, with the ports of this run."""
    text = configuration.read_text()
    for example, actual in zip((8080, 8081, 8082), (port, *(replica.port for replica in replicas)), strict=True):
        assert f"127.0.0.1:{example}" in text
        text = text.replace(f"127.0.0.1:{example}", f"127.0.0.1:{actual}")
    return text


def haproxy(binary: str, folder: Path, port: int, replicas: list[Replica]) -> Program:
    file = folder / "haproxy.cfg"
    file.write_text(with_addresses(DEPLOY / "haproxy/haproxy.cfg", port, replicas))
    return Program([binary, "-db", "-f", str(file)], folder / "haproxy.log")


def nginx(binary: str, folder: Path, port: int, replicas: list[Replica]) -> Program:
    site = folder / "clipseg.conf"
    site.write_text(with_addresses(DEPLOY / "nginx/clipseg.conf", port, replicas))
    bodies = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off;\nuser {getpass.getuser()};\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{bodies}\ninclude {site};\n}}\n"
    )
    return Program([binary, "-e", "stderr", "-p", str(folder), "-c", str(file)], folder / "nginx.log")


def kill(replicas: list[Replica]) -> None:
    replicas[0].end(signal.SIGKILL)


def stop(replicas: list[Replica]) -> None:
    expect(replicas[0].end() == 0, "a replica that is stopped ends with 0")


def replace(replicas: list[Replica]) -> None:
    for replica in replicas:
        expect(replica.end() == 0, "a replica that is replaced ends with 0")
        replica.start()
        # The balancer has a second to notice before the other one goes.
        time.sleep(2)


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"it does not hold that {what}")


def run(event: Callable[[list[Replica]], None], balancer: Callable, program: str, binary: Path, folder: Path) -> str:
    """Lets something happen under load, and returns a line about it."""
    delay = DRAIN_DELAYS[balancer.__name__]
    options = ("--drain-delay", delay, "--access-log", "none", "--image-cache-bytes", "0")
    port = free_port()
    with (
        Replica(binary, folder / "a.log", *options) as a,
        Replica(binary, folder / "b.log", *options) as b,
        balancer(program, folder, port, [a, b]),
    ):
        wait_until(lambda: status(port, "/readyz") == 200, "the start of the balancer")
        with Load(port, 8, SCENE.read_bytes(), PROMPT, PAUSE) as load:
            time.sleep(AROUND)
            begin = time.monotonic()
            event([a, b])
            time.sleep(AROUND)
    check(event, load.attempts, begin)
    answered = sum(attempt.status == 200 for attempt in load.attempts)
    first = sum(not attempt.retry for attempt in load.failures)
    return f"{answered:6} answered, {first} failed at first, {len(load.failures) - first} after a retry"


def restart(binary: Path, folder: Path) -> str:
    """Restarts one that has a socket handed over, under load."""
    options = ("--drain-delay", "1", "--access-log", "none", "--image-cache-bytes", "0")
    with Activated(binary, folder / "log", *options) as replica:
        with Load(replica.port, 8, SCENE.read_bytes(), PROMPT, PAUSE) as load:
            for _ in range(3):
                time.sleep(AROUND)
                expect(replica.end() == 0, "it ends with 0")
                replica.start()
            time.sleep(AROUND)
    expect(not load.failures, f"no request fails: {load.failures[:3]}")
    return f"{len(load.attempts):6} answered"


def check(event: Callable, attempts: list[Attempt], begin: float) -> None:
    failures = [attempt for attempt in attempts if attempt.status != 200]
    expect(any(attempt.start > begin + GRACE for attempt in attempts), "the load goes on after what happens")
    retried = [attempt for attempt in failures if attempt.retry]
    expect(not retried, f"a retry saves a request: {retried[:3]}")
    if event is kill:
        in_flight = [attempt for attempt in failures if attempt.start < begin + GRACE < attempt.end + 2 * GRACE]
        expect(failures == in_flight, f"only those fail that the killed replica had: {failures[:9]}, killed at {begin}")
    else:
        expect(not failures, f"no request fails: {failures[:3]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=".build/release/clipseg")
    parser.add_argument("--haproxy", default="haproxy", help="the program")
    parser.add_argument("--nginx", default="nginx", help="the program")
    parser.add_argument("--times", type=int, default=1, help="how often to do all of it")
    arguments = parser.parse_args()
    balancers = [(haproxy, arguments.haproxy), (nginx, arguments.nginx)]
    for _ in range(arguments.times):
        for balancer, program in balancers:
            for event in (kill, stop, replace):
                with tempfile.TemporaryDirectory() as folder:
                    line = run(event, balancer, program, arguments.binary, Path(folder))
                print(f"{balancer.__name__:8} {event.__name__:8} {line}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            print(f"socket   restart  {restart(arguments.binary, Path(folder))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
