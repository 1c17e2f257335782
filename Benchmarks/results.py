"""Results as small JSON files, one for each part."""

import json
import re

from settings import RESULTS


def store(name: str, result: dict) -> None:
    text = json.dumps(result, indent=1)
    lists_in_a_line = re.sub(r"\[[-+\de.,\s]*\]", lambda found: " ".join(found[0].split()), text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(lists_in_a_line + "\n")


def load(name: str) -> dict | None:
    """What is stored under that name, if anything."""
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None


def load_all() -> dict[str, dict]:
    """All that is stored, by name."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(RESULTS.glob("*.json"))}
