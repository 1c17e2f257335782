#!/usr/bin/env python3
"""Writes tables and plots from the stored results, between the markers that name them: those of RESULTS.md, and the one that
the operations guide reckons with."""

import re
from collections.abc import Callable

import figures
import tables
import tables_options
import tables_scaling
import tables_soak
from part_peers import RACES
from settings import HERE

PAGES = [HERE / "RESULTS.md", HERE.parent / "Documentation/operations.md"]

TABLES: dict[str, Callable[[], str | None]] = {
    "targets": tables.targets,
    "machine": tables.machine,
    "parts": tables.parts,
    "model": tables.model,
    **{f"peers-{name}": lambda name=name: tables.race(name) for name in RACES},
    "service": tables.service,
    "service-start": tables.service_start,
    "sizing": tables.sizing,
    "stages": tables.stages,
    "twelve-megapixels": tables.twelve_megapixels,
    "masks": tables.masks,
    "resolution": tables_scaling.resolution,
    "prompts": tables_scaling.prompts,
    "megapixels": tables_scaling.megapixels,
    "concurrency": tables_scaling.concurrency,
    "options-asking": lambda: tables_options.costs("asking"),
    "options-drawing": lambda: tables_options.costs("drawing"),
    "soak": tables_soak.verdict,
    "soak-outcomes": tables_soak.outcomes,
}


def write() -> None:
    """Fills in what there are results for, and empties the rest."""
    for draw in figures.FIGURES:
        draw()
    for page in PAGES:
        page.write_text(re.sub(r"<!-- table: ([\w-]+) -->.*?<!-- end -->", filled, page.read_text(), flags=re.DOTALL))


def filled(block: re.Match[str]) -> str:
    text = TABLES[block[1]]() or "Not measured yet."
    return f"<!-- table: {block[1]} -->\n\n{text}\n\n<!-- end -->"


if __name__ == "__main__":
    write()
