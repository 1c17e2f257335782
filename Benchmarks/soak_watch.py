"""Looks at a service from outside, once a second."""

import contextlib
import http.client
import threading
import time
from dataclasses import dataclass
from typing import Self

from services import Service


@dataclass(frozen=True)
class Sample:
    at: float  # seconds since the soak began
    resident: int  # bytes
    descriptors: int
    livez: float | None  # seconds that GET /livez took; nothing if it failed


class Watch:
    """Samples until it is left."""

    def __init__(self, service: Service) -> None:
        self.begin = time.monotonic()
        self.samples: list[Sample] = []
        self._service = service
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(1):
            at = time.monotonic() - self.begin
            usage = self._service.usage()
            self.samples.append(Sample(at, usage.resident, usage.descriptors, self._livez()))

    def _livez(self) -> float | None:
        start = time.monotonic()
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=10)
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return time.monotonic() - start
        return None
