"""The code blocks of the API guide, and a folder to run them in."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GUIDE = HERE / "api.md"
# Where the guide's examples look for the service.
EXAMPLE_ADDRESS = "localhost:8080"

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"^!\[[^\]]+\]\((images/api/[\w-]+\.png)\)$", re.MULTILINE)
# A mistake in a command must not go unseen.
CURL = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'


@dataclass
class Block:
    language: str
    code: str
    line: int

    def at(self, address: str) -> str:
        """The code, asking the service at another address."""
        code = self.code.replace(EXAMPLE_ADDRESS, address)
        return CURL + code if self.language == "sh" else code


@dataclass
class Picture:
    """A picture of the guide, and the block before it, which makes what it shows."""

    path: Path
    block: Block


def blocks() -> list[Block]:
    text = GUIDE.read_text()
    return [Block(m[1], m[2], text.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(text)]


def pictures() -> list[Picture]:
    text = GUIDE.read_text()
    commands = [block for block in blocks() if block.language == "sh"]
    found = []
    for match in PICTURE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Picture(HERE / match[1], [block for block in commands if block.line < line][-1]))
    return found


@contextmanager
def folder_with_scenes() -> Iterator[Path]:
    """A temporary folder with the images that the guide names."""
    with tempfile.TemporaryDirectory() as name:
        for scenes in (HERE.parent / "Tests" / "Scenes", HERE / "scenes"):
            for file in scenes.glob("*.[pj][np]g"):
                shutil.copy(file, name)
        yield Path(name)
