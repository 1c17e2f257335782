"""A service and a browser to look at it with."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service as Driver


class Service:
    """`clipseg serve` with the demo model on a free port."""

    def __init__(self, binary, *options):
        self.folder = tempfile.TemporaryDirectory()
        log = Path(self.folder.name) / "log"
        with log.open("wb") as file:
            command = [binary, "serve", "--port", "0", "--log-format", "text", *options]
            self.process = subprocess.Popen(command, stderr=file)
        for _ in range(600):
            text = log.read_text()
            if "clipseg: ready" in text and (found := re.search(r"address=(127\.0\.0\.1:\d+)", text)):
                self.url = f"http://{found[1]}"
                return
            time.sleep(0.1)
        self.process.kill()
        raise SystemExit(f"the service does not start:\n{log.read_text()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def segment(self, image, prompts, files=(), **options):
        """The bytes of the answer to a form, written by hand: the page must not be its own judge."""
        boundary = "browser-test"
        fields = [("prompt", prompt) for prompt in prompts] + list(options.items())
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields
        )
        for name, file in [("image", image), *files]:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
            body += head.encode() + file + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        request = urllib.request.Request(
            self.url + "/v1/segment", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()


class Browser:
    """Headless Chromium, which tells what it asked the network for and what it complained about."""

    def __init__(self, width=1280, height=860):
        self.downloads = tempfile.TemporaryDirectory()
        options = Options()
        options.binary_location = find("chromium", "chromium-browser", "google-chrome")
        for argument in [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
            f"--window-size={width},{height}", "--force-color-profile=srgb",
        ]:  # fmt: skip
            options.add_argument(argument)
        options.add_experimental_option(
            "prefs", {"download.default_directory": self.downloads.name, "download.prompt_for_download": False}
        )
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        # Its profile goes where it is removed again.
        os.environ["TMPDIR"] = self.downloads.name
        self.driver = webdriver.Chrome(options=options, service=Driver(find("chromedriver")))
        self.driver.set_script_timeout(60)
        self.requests = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        del os.environ["TMPDIR"]
        self.downloads.cleanup()

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def set_view(self, width, height, *, dark=False, phone=False):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def let_copy(self, origin):
        """Lets a page use the clipboard without asking anybody."""
        permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        self.driver.execute_cdp_cmd("Browser.grantPermissions", {"origin": origin, "permissions": permissions})

    def collect_requests(self):
        """All URLs asked for since the browser was started, or requests were forgotten."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        return self.requests

    def complaints(self):
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]

    def hosts(self):
        urls = [urlsplit(url) for url in self.collect_requests()]
        return {url.netloc for url in urls if url.scheme not in ("data", "blob")}


def find(*names):
    for name in names:
        if path := shutil.which(name):
            return path
    raise SystemExit(f"{names[0]} is missing: install Debian's chromium and chromium-driver")
