"""Sends a soak's cases on connections of their own, and judges what comes back."""

import asyncio
import contextlib
import random
import re
import socket
import struct
import time
from dataclasses import dataclass

from soak_requests import BUSY, Case

PATIENCE = 60  # seconds until an answer is called missing


@dataclass(frozen=True)
class Outcome:
    at: float  # seconds since the soak began, when it was sent
    kind: str
    result: str  # a status, "left", or what went wrong
    seconds: float
    right: bool


async def send(port: int, case: Case, begin: float) -> Outcome:
    """One case from connecting to closing."""
    start = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            result, right = await exchange(port, case)
    except TimeoutError:
        result, right = "no answer", False
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        result, right = f"{type(error).__name__}: {error}"[:200], False
    return Outcome(start - begin, case.kind, result, time.monotonic() - start, right)


async def exchange(port: int, case: Case) -> tuple[str, bool]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        request = case.request
        fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        head = (
            f"{case.method} {request.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Length: {len(request.body)}\r\n{fields}\r\n"
        ).encode()
        if case.leave:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await leave(case.leave, reader, writer, head, request.body)
            return "left", True
        writer.write(head + request.body)
        await writer.drain()
        return judge(case, *await answer(reader))
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def leave(how: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    """Sends some, and goes."""
    if how == "mid-header":
        writer.write(head[: random.randrange(1, len(head))])
    elif how == "mid-body":
        writer.write(head + body[: random.randrange(len(body))])
    else:
        writer.write(head + body)
    await writer.drain()
    if how == "mid-answer":
        await reader.readexactly(100)
    elif how != "before the answer":
        await asyncio.sleep(random.random())
    if how == "reset":
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )  # RST, not FIN
        writer.transport.abort()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    """Status, header section and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    if length is None:
        raise ValueError("an answer without Content-Length")
    return int(head.split(b" ", 2)[1]), head, await reader.readexactly(int(length[1]))


def judge(case: Case, status: int, head: bytes, body: bytes) -> tuple[str, bool]:
    """Whether this is an answer that the case should get."""
    if status not in case.statuses:
        return f"{status} {body[:150]!r}", False
    if status in BUSY and b"\r\nretry-after:" not in head.lower():
        return f"{status} without Retry-After", False
    if status == 200 and case.size and png_size(body) != case.size:
        return f"200 with a PNG of {png_size(body)}, not {case.size}", False
    if status == 200 and case.logits and f"'shape': ({case.logits}, ".encode() not in body[:128]:
        return f"200 with {body[:128]!r}, not {case.logits} planes", False
    if status != 200 and b"application/problem+json" not in head:
        return f"{status} without a problem document", False
    return str(status), True


def png_size(body: bytes) -> tuple[int, int] | None:
    if not (body.startswith(b"\x89PNG") and body.endswith(b"IEND\xaeB`\x82")):
        return None
    return struct.unpack(">II", body[16:24])
