"""(c) The service against the script people run today: the same images, several at a time.

Every request has a prompt of its own and images come around in turn, so nobody's cache of answers helps.
"""

from collections.abc import Callable

import services
from images import photographs
from load import Measured, Request, closed_loop, form
from services import MemoryWatch, Service
from settings import Settings

ROUNDS = [1, 2, 3]
CONCURRENCIES = [1, 4, 16]
IMAGES = 32

Start = Callable[[Settings], Service]

CONTESTANTS: dict[str, tuple[Start, str]] = {
    **{
        f"clipseg-{precision}": (
            # Without its cache of images: each request encodes its image, as it does for the others.
            lambda settings, precision=precision: services.clipseg(settings, precision, "--image-cache-bytes", "0"),
            "/v1/segment",
        )
        for precision in ("fp32", "bf16", "int8")
    },
    **{
        f"{app}-{precision}": (
            lambda settings, app=app, precision=precision: services.fastapi(settings, f"{app}_app", precision),
            "/segment",
        )
        for app, precision in [
            ("transformers", "fp32"),
            ("transformers", "bf16"),
            ("onnxruntime", "fp32"),
            ("onnxruntime", "int8"),
        ]
    },
}


def run(settings: Settings, round_number: int, seconds: float) -> dict:
    """One round: everybody has a turn; who is first changes from round to round."""
    pictures = photographs(settings.work / "images", IMAGES)
    names = list(CONTESTANTS)
    first = round_number * 3 % len(names)
    return {
        "round": round_number,
        "seconds": seconds,
        "image_bytes": sum(map(len, pictures)) // len(pictures),
        "services": {name: measure(name, settings, pictures, seconds) for name in names[first:] + names[:first]},
    }


def measure(name: str, settings: Settings, pictures: list[bytes], seconds: float) -> dict:
    start, path = CONTESTANTS[name]

    def request(number: int) -> Request:
        return form(path, pictures[number % len(pictures)], [f"a photo of thing number {number}"])

    with start(settings) as service:
        closed_loop(service.port, 1, 0, request, minimum=2)  # warm-up
        loads = {}
        for concurrency in CONCURRENCIES:
            with MemoryWatch(service) as watch:
                measured = closed_loop(service.port, concurrency, seconds, request)
            loads[str(concurrency)] = summary(measured) | {"resident_bytes": max(watch.samples)}
        return {
            "ready_seconds": service.ready_seconds,
            "peak_resident_bytes": service.peak_resident(),
            "loads": loads,
        }


def summary(measured: Measured) -> dict:
    """What is kept of a load; latencies in milliseconds, whole, as rounds are pooled later."""
    return {
        "throughput": measured.throughput,
        "failures": measured.failures,
        "latencies_ms": [round(seconds * 1000) for seconds in measured.latencies],
    }
