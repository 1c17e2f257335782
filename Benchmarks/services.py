"""Starts and stops services, and looks at them from outside: readiness, memory, descriptors."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from settings import HERE, Settings

PAGE = os.sysconf("SC_PAGESIZE")


@dataclass(frozen=True)
class Usage:
    """What a process and its children hold."""

    resident: int  # bytes
    descriptors: int


class Service:
    """A process that listens on a loopback port, ready when it is made; a context manager that stops it."""

    def __init__(self, command: list[str], ready_path: str, environment: dict[str, str] | None = None) -> None:
        self._log = tempfile.TemporaryFile()
        begin = time.monotonic()
        self._process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, env=os.environ | (environment or {})
        )
        self.port = self._wait(ready_path, begin + 180)
        self.ready_seconds = time.monotonic() - begin

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def usage(self) -> Usage:
        resident, descriptors = 0, 0
        for process in self._tree():
            with contextlib.suppress(OSError):
                resident += int((process / "statm").read_text().split()[1]) * PAGE
                descriptors += len(os.listdir(process / "fd"))
        return Usage(resident, descriptors)

    def peak_resident(self) -> int:
        """The most that the process ever held, in bytes."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_alive():
            self.stop()
        self._log.close()

    def _tree(self) -> list[Path]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        with contextlib.suppress(OSError):
            return [Path(f"/proc/{pid}") for pid in [str(self.pid), *children.read_text().split()]]
        return []

    def _wait(self, path: str, until: float) -> int:
        """Waits until the path is answered with 200; returns the port, which the log tells."""
        while time.monotonic() < until and self.is_alive():
            if found := re.search(r"127\.0\.0\.1:(\d+)", self.log()):
                with contextlib.suppress(OSError, http.client.HTTPException):
                    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=5)
                    connection.request("GET", path)
                    if connection.getresponse().status == 200:
                        return int(found[1])
            time.sleep(0.005)
        self._process.kill()
        raise ChildProcessError(f"{path} is not answered:\n{self.log()[-2000:]}")


class MemoryWatch:
    """Samples a service's resident memory until it is left."""

    def __init__(self, service: Service, interval: float = 0.1) -> None:
        self.samples: list[int] = []
        self._service, self._interval = service, interval
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self._interval):
            self.samples.append(self._service.usage().resident)


def clipseg(settings: Settings, precision: str, *options: str) -> Service:
    """`clipseg serve` with the full-size checkpoint, workers and threads as it chooses them."""
    return clipseg_demo(settings, "--model", str(settings.checkpoint), "--precision", precision, *options)


def clipseg_demo(settings: Settings, *options: str) -> Service:
    """`clipseg serve` with the demo model, if the options name no other."""
    command = [str(settings.binary), "serve", "--port", "0", "--access-log", "none", "--log-level", "info"]
    return Service([*command, *options], "/readyz")


def fastapi(settings: Settings, app: str, precision: str) -> Service:
    """A script of `baselines`, run by uvicorn."""
    command = [str(settings.python), "-m", "uvicorn", f"{app}:app", "--port", "0", "--no-access-log"]
    command += ["--app-dir", str(HERE / "baselines")]
    return Service(
        command,
        "/healthz",
        {
            "CHECKPOINT": str(settings.checkpoint),
            "GRAPH": str(settings.graphs / f"{precision}.onnx"),
            "PRECISION": precision,
            "THREADS": str(settings.threads),
        },
    )
