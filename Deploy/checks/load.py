"""Clients that send one request after the other, and what became of each."""

import http.client
import threading
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode


@dataclass(frozen=True)
class Attempt:
    """A request; the status is None if no whole answer came."""

    start: float
    end: float
    status: int | None
    retry: bool = False


class Load:
    """So many clients at a time, until the end of a `with`. Each sends a request that fails once more, at most.

    `pause` is how many seconds a client waits after a failure.
    """

    def __init__(self, port: int, clients: int, image: bytes, parameters: list[tuple[str, str]], pause: float = 0):
        self.port = port
        self.path = "/v1/segment?" + urlencode(parameters)
        self.image = image
        self.pause = pause
        self.attempts: list[Attempt] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    @property
    def failures(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.status != 200]

    def _run(self) -> None:
        while not self._over.is_set():
            if self._attempt().status != 200:
                self._over.wait(self.pause)
                self._attempt(retry=True)

    def _attempt(self, retry: bool = False) -> Attempt:
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", self.path, self.image, {"Content-Type": "image/jpeg"})
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            status = None
        finally:
            connection.close()
        attempt = Attempt(start, time.monotonic(), status, retry)
        self.attempts.append(attempt)
        return attempt
