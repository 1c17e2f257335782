"""Who takes turns in a race: a peer in a process of its own, or `clipseg bench`."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Protocol

from settings import HERE, Settings


class Contestant(Protocol):
    """What can be timed in turns."""

    name: str

    def turn(self, runs: int) -> list[float]:
        """Seconds of each of so many runs, after some that do not count."""

    def facts(self) -> dict[str, object]:
        """What is known about it beside its times."""

    def stop(self) -> None: ...


class Peer:
    """A `peer.py` that has loaded its model. It is stopped when it is not its turn, so that no thread spins."""

    def __init__(self, name: str, settings: Settings, prompts: int = 1) -> None:
        self.name = name
        command = [str(settings.python), str(HERE / "peer.py"), name]
        command += ["--checkpoint", str(settings.checkpoint), "--graphs", str(settings.graphs)]
        command += ["--threads", str(settings.threads), "--prompts", str(prompts)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ
            | {"TORCHINDUCTOR_CACHE_DIR": str(settings.work / "inductor"), "OMP_NUM_THREADS": str(settings.threads)},
        )
        self._facts = self._answer()
        self._pause()

    def turn(self, runs: int) -> list[float]:
        os.kill(self._process.pid, signal.SIGCONT)
        assert self._process.stdin is not None
        print(runs, file=self._process.stdin, flush=True)
        seconds = self._answer()["seconds"]
        self._pause()
        return seconds

    def facts(self) -> dict[str, object]:
        return self._facts

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _pause(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def _answer(self) -> dict:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"{self.name}: {self._process.stderr.read()[-2000:]}")
        return json.loads(line)


class Clipseg:
    """`clipseg bench`, started anew for each turn: it loads in a second."""

    def __init__(self, precision: str, settings: Settings, prompts: int = 1) -> None:
        self.name = f"clipseg-{precision}"
        self._precision, self._settings, self._prompts = precision, settings, prompts
        self._facts: dict[str, object] = {}

    def turn(self, runs: int) -> list[float]:
        report = bench(self._settings, self._precision, prompts=self._prompts, runs=runs)
        self._facts = {"load_seconds": report["load_seconds"], "resident_bytes": report["resident_bytes"]}
        # The report has no single runs; its median stands for the turn.
        return [report["median_seconds"]]

    def facts(self) -> dict[str, object]:
        return self._facts

    def stop(self) -> None:
        pass


def bench(
    settings: Settings,
    precision: str,
    *,
    prompts: int = 1,
    cached: bool = False,
    runs: int = 10,
    checkpoint: Path | None = None,
) -> dict:
    """The JSON report of `clipseg bench`."""
    command = [str(settings.binary), "bench", "--json", "--log-level", "error"]
    command += ["--model", str(checkpoint or settings.checkpoint), "--precision", precision]
    command += ["--threads", str(settings.threads), "--prompts", str(prompts), "--runs", str(runs)]
    command += ["--cached"] if cached else []
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
