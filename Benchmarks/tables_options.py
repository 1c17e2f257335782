"""The tables of what options cost."""

import results
from markdown import table


def costs(kind: str) -> str | None:
    if not (result := results.load("options")):
        return None
    cases = result[kind]
    rows = [
        (
            one["case"],
            f"{one['seconds'] * 1000:.0f}",
            f"{one['seconds'] / cases[0]['seconds']:.1f} ×",
            f"{one['beside_rest_bytes'] / 1e6:.0f}",
            f"{one['answer_bytes'] / 1e3:.0f}",
        )
        for one in cases
    ]
    return table(("", "median, ms", "of the first", "memory beside rest, MB", "answer, kB"), rows)
