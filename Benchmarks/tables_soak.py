"""The tables of the soak."""

import results
from markdown import table


def verdict() -> str | None:
    if not (result := results.load("soak")):
        return None
    rows = [(one["claim"], one["measured"], "yes" if one["holds"] else "**no**") for one in result["verdict"]]
    about = (
        f"{result['minutes']:g} minutes, {result['precision']}, queue of {result['max_queue']}, capacity "
        f"{result['capacity']:.1f} good requests/s, {result['rate']:.1f} requests/s sent."
    )
    return about + "\n\n" + table(("It must hold that", "measured", "holds"), rows)


def outcomes() -> str | None:
    if not (result := results.load("soak")):
        return None
    columns = sorted({status for tally in result["outcomes"].values() for status in tally})
    rows = [(kind, *(tally.get(status, "") for status in columns)) for kind, tally in result["outcomes"].items()]
    return table(("Sent", *columns), rows)
