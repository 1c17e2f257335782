"""A running clipseg, and other programs beside it, on free ports of this machine."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{seconds:g} seconds were not enough: {what}")
        time.sleep(0.05)


def status(port: int, path: str) -> int | None:
    """The status of the answer; None if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Program:
    """A program that runs until the end of a `with`, with its output in a file."""

    def __init__(self, command: list[str], log: Path, inherited: Iterable[int] = ()):
        self.command = command
        self.log = log
        self.inherited = inherited
        self.process: subprocess.Popen | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.inherited,
                start_new_session=True,
            )
        return self

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal, and returns the exit status."""
        self.send(number)
        return self.process.wait(timeout=60)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_) -> None:
        if self.process and self.process.poll() is None:
            # With its workers, which would outlive it.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Replica(Program):
    """`clipseg serve` on a port that it keeps when it is started again."""

    def __init__(self, binary: Path, log: Path, *options: str):
        self.port = free_port()
        super().__init__([str(binary), "serve", "--port", str(self.port), *options], log)

    def start(self) -> Self:
        super().start()
        wait_until(lambda: self.is_ready or self.process.poll() is not None, f"the start of {self.command}")
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.command} has ended:\n{self.log.read_text()}")
        return self

    @property
    def is_ready(self) -> bool:
        return status(self.port, "/readyz") == 200


class Activated(Program):
    """`clipseg serve` on a socket that outlives it, handed over as systemd does."""

    def __init__(self, binary: Path, log: Path, *options: str):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        # The variables name the process, whose number is known only to itself.
        script = f'exec 3<&{self.listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        command = ["bash", "-c", script, "bash", str(binary), "serve", *options]
        super().__init__(command, log, inherited=[self.listener.fileno()])

    def __exit__(self, *_) -> None:
        super().__exit__()
        self.listener.close()
