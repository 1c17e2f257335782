"""A model hub on this machine: a folder of files as one repository, over TLS, as much of the Hub's API as clients need."""

import hashlib
import http.server
import json
import pathlib
import ssl
import subprocess
import threading

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub:
    """Serves `files`, by name, as the repository `name`; files that end in .safetensors are "large" ones."""

    def __init__(self, name: str, files: dict[str, bytes], folder: pathlib.Path):
        self.requests: list[str] = []
        self.certificate = folder / "hub.pem"
        key = folder / "hub.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", self.certificate],
            check=True, capture_output=True)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler(name, files))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.endpoint = f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()

    def _handler(hub, name: str, files: dict[str, bytes]) -> type[http.server.BaseHTTPRequestHandler]:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                hub.requests.append(f"{self.command} {self.path}")
                path = self.path.split("?")[0]
                if path.startswith(f"/api/models/{name}/tree/"):
                    return self.answer(json.dumps(hub.tree(files)).encode(), "application/json")
                if path.startswith(f"/api/models/{name}"):
                    return self.answer(json.dumps(hub.listing(name, files)).encode(), "application/json")
                for revision in ("main", COMMIT):
                    prefix = f"/{name}/resolve/{revision}/"
                    if path.startswith(prefix) and path.removeprefix(prefix) in files:
                        return self.file(path.removeprefix(prefix))
                self.answer(b"", "text/plain", status=404)

            def file(self, file: str) -> None:
                content = files[file]
                headers = {"X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
                if file.endswith(".safetensors"):
                    headers["X-Linked-Size"] = str(len(content))
                    headers["X-Linked-ETag"] = headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
                else:
                    headers["ETag"] = f'"{git_blob(content)}"'
                self.answer(content, "application/octet-stream", headers)

            def answer(self, body: bytes, kind: str, headers: dict[str, str] | None = None, status: int = 200) -> None:
                self.send_response(status)
                for key, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @staticmethod
    def listing(name: str, files: dict[str, bytes]) -> dict:
        siblings = []
        for file, content in files.items():
            entry: dict = {"rfilename": file, "size": len(content), "blobId": git_blob(content)}
            if file.endswith(".safetensors"):
                entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        return {"_id": "1", "id": name, "modelId": name, "sha": COMMIT, "private": False, "tags": [], "downloads": 0,
                "likes": 0, "siblings": siblings}

    @staticmethod
    def tree(files: dict[str, bytes]) -> list[dict]:
        entries = []
        for file, content in files.items():
            entry: dict = {"type": "file", "path": file, "size": len(content), "oid": git_blob(content)}
            if file.endswith(".safetensors"):
                entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            entries.append(entry)
        return entries
