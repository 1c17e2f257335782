"""A running `clipseg serve`, for the scripts that make and check what is documented."""

import re
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen


@contextmanager
def served(binary, *options: str) -> Iterator[str]:
    """Starts the service on a free port of this machine; yields its address; stops it."""
    command = [binary, "serve", "--port", "0", "--log-format", "text", "--access-log", "none", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield _address_when_ready(process)
        finally:
            process.terminate()


def _address_when_ready(process) -> str:
    address = None
    for line in process.stderr:
        if found := re.search(r"(127\.0\.0\.1:\d+)", line):
            address = found[1]
        if address and line.rstrip().endswith(": ready"):
            return address
    raise SystemExit("the service did not start")


def segmented(address: str, image: bytes, fields: Iterable[tuple[str, object]]) -> bytes:
    """What the service answers to a form with an image and these fields."""
    boundary = uuid.uuid4().hex
    parts = [b'name="image"; filename="scene"\r\n\r\n' + image]
    parts += [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    body = b"".join(f"--{boundary}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts)
    body += f"--{boundary}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={boundary}"
    with urlopen(Request(f"http://{address}/v1/segment", body, {"Content-Type": content_type})) as answer:
        return answer.read()
