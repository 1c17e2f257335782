"""A load with a fixed number of connections: each sends its next request when it has its answer."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BOUNDARY = "----------------benchmark"


@dataclass(frozen=True)
class Request:
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Measured:
    """What came of a load."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    elapsed: float = 0

    @property
    def throughput(self) -> float:
        return len(self.latencies) / self.elapsed


def form(path: str, image: bytes, prompts: list[str], fields: dict[str, str] | None = None) -> Request:
    """A form with an image and prompts, as a browser or curl sends it."""
    texts = [("prompt", prompt) for prompt in prompts] + list((fields or {}).items())
    parts = [part(f'name="{name}"', text.encode()) for name, text in texts]
    kind = "image/png" if image.startswith(b"\x89PNG") else "image/jpeg"
    parts.append(part(f'name="image"; filename="image"\r\nContent-Type: {kind}', image))
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return Request(path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def part(description: str, content: bytes) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {description}\r\n\r\n".encode() + content + b"\r\n"


def send(connection: http.client.HTTPConnection, request: Request) -> Answer:
    begin = time.perf_counter()
    connection.request("POST", request.path, request.body, request.headers)
    response = connection.getresponse()
    body = response.read()
    return Answer(response.status, dict(response.getheaders()), body, time.perf_counter() - begin)


def closed_loop(
    port: int, concurrency: int, seconds: float, make: Callable[[int], Request], minimum: int = 0
) -> Measured:
    """Keeps so many requests in flight for so long; `make` is given the request's number."""
    measured, lock = Measured(), threading.Lock()
    numbers = iter(range(1 << 40))
    begin = time.perf_counter()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while time.perf_counter() < begin + seconds or len(measured.latencies) < minimum:
            with lock:
                number = next(numbers)
            answer = send(connection, make(number))
            with lock:
                if answer.status == 200:
                    measured.latencies.append(answer.seconds)
                else:
                    measured.failures += 1
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.elapsed = time.perf_counter() - begin
    return measured
