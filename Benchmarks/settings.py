"""Where things are, and how much of the machine is used."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"


@dataclass(frozen=True)
class Settings:
    """What all parts are told."""

    binary: Path
    checkpoint: Path
    python: Path
    work: Path  # what the parts make for themselves: exported graphs, images
    threads: int

    @property
    def graphs(self) -> Path:
        return self.work / "graphs"
