"""What a soak sends: requests of every kind, each with what may come of it."""

import io
import itertools
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from images import photographs, png
from load import Request, form

BUSY = frozenset({429, 503})
SIZES = [(320, 240), (800, 600), (1920, 1080), (3264, 2448), (4000, 3000)]
VARIANTS = 6  # of each size
OUTPUTS = ["mask", "mask", "probability", "logits"]
IMPATIENT_SECONDS = 1.0


@dataclass(frozen=True)
class Case:
    """A request, and what the service should make of it."""

    kind: str
    request: Request
    statuses: frozenset[int]  # that it may be answered with
    size: tuple[int, int] | None = None  # of the PNG that is right
    logits: int | None = None  # how many planes are right
    leave: str | None = None  # how the client leaves without waiting for the whole answer
    method: str = "POST"


@dataclass
class Mix:
    """Draws cases at random, from a seed."""

    generator: random.Random
    folder: Path  # where images are kept
    pictures: list[tuple[tuple[int, int], bytes]] = field(default_factory=list)
    numbers: itertools.count = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        for size in SIZES:
            for file in photographs(self.folder, VARIANTS, size):
                self.pictures.append((size, file))
                if max(size) <= 1920:
                    self.pictures.append((size, png(Image.open(io.BytesIO(file)))))

    def draw(self) -> Case:
        """Eight in ten are good; the others are bad, or their clients leave."""
        share = self.generator.random()
        if share < 0.80:
            return self.good()
        if share < 0.94:
            return self.generator.choice(BAD)(self)
        return self.leaving()

    def good(self) -> Case:
        size, image = self.generator.choice(self.pictures)
        count = self.generator.choice([1, 1, 1, 2, 4, 16])
        output = self.generator.choice(OUTPUTS)
        prompts = [self.prompt() for _ in range(count)]
        decode = self.generator.choice(["exact", "fast"])
        request = form("/v1/segment", image, prompts, {"as": output, "decode": decode})
        kind = "good"
        if self.generator.random() < 0.1:
            kind = "good, impatient"
            request.headers["X-Request-Timeout"] = str(IMPATIENT_SECONDS)
        right = {"logits": count} if output == "logits" else {"size": size}
        return Case(kind, request, BUSY | {200}, **right)

    def leaving(self) -> Case:
        how = self.generator.choice(["mid-header", "mid-body", "before the answer", "reset", "mid-answer"])
        good = self.good()
        return Case(f"leaves: {how}", good.request, frozenset(), leave=how)

    def prompt(self) -> str:
        """Half of them were asked before, sooner or later."""
        number = next(self.numbers)
        return f"thing number {number if self.generator.random() < 0.5 else number % 50}"


def bad_image(kind: str, status: int, spoil: Callable[[bytes, random.Random], bytes]) -> Callable[[Mix], Case]:
    """A file that can't be used; it may find the queue full before anybody looks at it."""

    def make(mix: Mix) -> Case:
        image = spoil(mix.generator.choice(mix.pictures)[1], mix.generator)
        return Case(kind, form("/v1/segment", image, [mix.prompt()]), BUSY | {status})

    return make


def bad_form(
    kind: str, status: int, prompts: list[str], fields: dict[str, str], path: str = "/v1/segment", method: str = "POST"
) -> Callable[[Mix], Case]:
    """A form that can't be used. Full queues are told before forms are read, and after wrong paths and methods."""
    statuses = frozenset({status}) if status in (404, 405) else BUSY | {status}

    def make(mix: Mix) -> Case:
        return Case(kind, form(path, mix.pictures[0][1], prompts, fields), statuses, method=method)

    return make


def long_prompt(mix: Mix) -> Case:
    """More tokens than the model has positions; they are counted when the image has been decoded."""
    image = mix.generator.choice(mix.pictures)[1]
    return Case("prompt too long", form("/v1/segment", image, ["word " * 200]), BUSY | {422})


def bomb(_: bytes, __: random.Random) -> bytes:
    """A PNG of a few bytes that says it has 2.5 gigapixels."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def gif(_: bytes, __: random.Random) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "GIF")
    return buffer.getvalue()


BAD = [
    bad_image("cut file", 422, lambda image, generator: image[: generator.randrange(100, len(image) * 3 // 4)]),
    bad_image("random bytes", 415, lambda _, generator: generator.randbytes(generator.randrange(1, 100_000))),
    bad_image("GIF", 415, gif),
    bad_image("too many pixels", 422, bomb),
    bad_form("no prompt", 400, [], {}),
    bad_form("unknown parameter", 400, ["a cat"], {"shape": "round"}),
    bad_form("threshold out of range", 400, ["a cat"], {"threshold": "7"}),
    bad_form("unknown path", 404, ["a cat"], {}, path="/v1/segments"),
    bad_form("wrong method", 405, ["a cat"], {}, method="PUT"),
    long_prompt,
]
