"""The code blocks of the API guide and of the README, and a folder to run them in."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GUIDE = HERE / "api.md"
README = HERE.parent / "README.md"
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
    page: Path = GUIDE

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


# What the README's clients take as given, and what must come of each. Its example of the library is a test of CLIPSeg's.
CLIENTS = {
    "python": ("", 'assert answer.headers["Content-Type"] == "image/png", answer.text\n'),
    "js": (
        'const file = await (await import("node:fs")).openAsBlob("photo.jpg");\n',
        'if (mask.type !== "image/png") throw new Error(await mask.text());\n',
    ),
    "swift": (
        "import Foundation\n#if canImport(FoundationNetworking)\n    import FoundationNetworking\n#endif\n"
        'let photo = try Data(contentsOf: URL(fileURLWithPath: "photo.jpg"))\n',
        "precondition(mask.starts(with: [0x89, 0x50, 0x4E, 0x47]))\n",
    ),
}


def clients() -> list[Block]:
    """The README's three clients, made whole."""
    text = README.read_text()
    start, end = text.index("\n## From your program\n"), text.index("\n## Documentation\n")
    found = []
    for match in BLOCK.finditer(text, start, end):
        before, after = CLIENTS[match[1]]
        found.append(Block(match[1], before + match[2] + after, text.count("\n", 0, match.start()) + 1, README))
    return found


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
        shutil.copy(HERE.parent / "Tests/Scenes/scene-2023.jpg", Path(name) / "photo.jpg")
        yield Path(name)
