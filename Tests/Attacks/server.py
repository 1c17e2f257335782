"""A server to attack: started, warmed up, measured from outside, stopped."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from target import Target, get, segment

OPTIONS = ["--port", "0", "--log-format", "text", "--access-log", "none", "--max-connections", "8000"]


@dataclass(frozen=True)
class Usage:
    resident: int  # KiB
    descriptors: int


class Server:
    """`clipseg serve` with the demo model on a free port, with or without TLS, and with more options."""

    def __init__(self, binary: Path, tls: bool, *more: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        certificate = _certificate(folder) if tls else None
        options = ["--tls-cert", str(certificate), "--tls-key", str(folder / "key.pem")] if tls else []
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen([binary, "serve", *OPTIONS, *options, *more], stderr=log)
        self.target = Target(self._port(), certificate)

    def _port(self) -> int:
        for _ in range(200):
            text = self.log.read_text()
            if "clipseg: ready" in text and (found := re.search(r"address=127\.0\.0\.1:(\d+)", text)):
                return int(found[1])
            time.sleep(0.1)
        self._process.kill()
        raise SystemExit(f"the server does not start:\n{self.log.read_text()}")

    def warm_up(self) -> None:
        """Requests of each kind, as what the allocator takes for the first ones is no leak."""
        requests = [get("/livez"), get("/openapi.yaml"), get("/nothing"), segment(), b"?\r\n\r\n"]
        for _ in range(20):
            for request in requests:
                with contextlib.suppress(OSError), self.target.connect() as connection:
                    connection.sendall(request)
                    while connection.recv(65536):
                        pass
        time.sleep(3)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def usage(self) -> Usage:
        """Memory and descriptors now; none if the server is gone."""
        proc = Path(f"/proc/{self._process.pid}")
        found = re.search(r"VmRSS:\s+(\d+)", (proc / "status").read_text())
        if found is None:
            return Usage(0, 0)
        return Usage(int(found[1]), len(os.listdir(proc / "fd")))

    def peak_resident(self) -> int:
        """The most memory that there ever was, in KiB."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self._process.pid}/status").read_text())
        return int(found[1]) if found else 0

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._folder.cleanup()


def _certificate(folder: Path) -> Path:
    certificate = folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return certificate
