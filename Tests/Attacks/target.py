"""What is attacked: an address, with or without TLS, and the requests that are sent to it."""

import contextlib
import functools
import socket
import ssl
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
POLLER = "127.0.0.2"
BOUNDARY = "cut"


@dataclass(frozen=True)
class Target:
    port: int
    certificate: Path | None

    def connect(self, source: str = HOST, receive_buffer: int | None = None) -> socket.socket:
        """A connection from a loopback address, TLS handshake done."""
        connection = self.connect_tcp(source, receive_buffer)
        if self.certificate is None:
            return connection
        try:
            return _context(self.certificate).wrap_socket(connection, server_hostname="localhost")
        except OSError:
            connection.close()
            raise

    def connect_tcp(self, source: str = HOST, receive_buffer: int | None = None) -> socket.socket:
        """A TCP connection, on which a TLS handshake may never begin."""
        connection = socket.socket()
        try:
            connection.settimeout(5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if receive_buffer is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            connection.bind((source, 0))
            connection.connect((HOST, self.port))
        except OSError:
            connection.close()
            raise
        return connection


@functools.cache
def _context(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def source(index: int) -> str:
    """One of two hundred loopback addresses, as each has no more than 28,000 ports."""
    return f"127.0.1.{1 + index % 200}"


def half_close(connection: socket.socket) -> None:
    """Sends the end of the data, as TLS has it and then as TCP does; answers can still be read."""
    if isinstance(connection, ssl.SSLSocket):
        connection.setblocking(False)
        with contextlib.suppress(ssl.SSLWantReadError):
            connection.unwrap()
        connection.settimeout(5)
    socket.socket.shutdown(connection, socket.SHUT_WR)


def reset(connection: socket.socket) -> None:
    """Closes with RST, not FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def get(path: str, close: bool = True) -> bytes:
    """A request without a body."""
    ending = "Connection: close\r\n" if close else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{ending}\r\n".encode()


def segment_header(length: int) -> bytes:
    """The header of a multipart request, and so much of a body announced."""
    return (
        "POST /v1/segment HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def segment(picture: bytes | None = None) -> bytes:
    """A valid request for a mask, a few hundred bytes long if no picture is given."""
    disposition = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    prompt = f'{disposition}"prompt"\r\n\r\na red circle\r\n'.encode()
    image = f'{disposition}"image"; filename="a.png"\r\n\r\n'.encode() + (picture or png(8, 8)) + b"\r\n"
    body = prompt + image + f"--{BOUNDARY}--\r\n".encode()
    return segment_header(len(body)) + body


def png(width: int, height: int) -> bytes:
    """All grey, in RGB."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * 3 * width) * height)
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
