"""What must hold of a soak, and whether it does."""

import statistics
from dataclasses import dataclass

from service_rounds import percentile
from services import Usage
from soak_client import Outcome
from soak_requests import IMPATIENT_SECONDS
from soak_watch import Sample

DRIFT = 0.03
PROMPT_SECONDS = 0.1  # on a machine whose cores are all taken, the client's among them


@dataclass(frozen=True)
class Soaked:
    """All that is known when it is over."""

    seconds: float
    deadline: float
    outcomes: list[Outcome]
    samples: list[Sample]
    before: Usage  # idle
    after: Usage
    exit_status: int
    log: str


def verdict(soaked: Soaked) -> list[dict]:
    """Claims, each with what was measured and whether it holds."""
    return [
        answers(soaked),
        memory(soaked),
        deadline(soaked, "good", soaked.deadline),
        deadline(soaked, "good, impatient", IMPATIENT_SECONDS),
        refusal(soaked),
        descriptors(soaked),
        liveness(soaked),
        end(soaked),
    ]


def claim(text: str, measured: str, holds: bool) -> dict:
    return {"claim": text, "measured": measured, "holds": holds}


def answers(soaked: Soaked) -> dict:
    wrong = sum(not one.right for one in soaked.outcomes)
    return claim("every request gets an answer that it should", f"{wrong} of {len(soaked.outcomes)} do not", wrong == 0)


def memory(soaked: Soaked) -> dict:
    first = statistics.median(sample.resident for sample in thirds(soaked)[0])
    last = statistics.median(sample.resident for sample in thirds(soaked)[2])
    growth = last / first - 1
    return claim(
        f"resident memory in the last third within {DRIFT:.0%} of the first",
        f"{first / 1e6:.0f} → {last / 1e6:.0f} MB, {growth:+.1%}; "
        f"idle {soaked.before.resident / 1e6:.0f} → {soaked.after.resident / 1e6:.0f}",
        abs(growth) <= DRIFT,
    )


def deadline(soaked: Soaked, kind: str, seconds: float) -> dict:
    accepted = [one.seconds for one in soaked.outcomes if one.kind == kind and one.result == "200"]
    # The clock here starts before the request is sent, the deadline's when it has come.
    limit = seconds + PROMPT_SECONDS
    what = f"p99 of accepted requests, sending included, with a deadline of {seconds:g} s: at most {limit:g} s"
    if not accepted:
        return claim(what, "none was accepted: the queue was longer than that", True)
    p99 = percentile(accepted, 99)
    median = statistics.median(accepted)
    return claim(what, f"{p99:.2f} s ({len(accepted)} requests; median {median:.2f} s)", p99 <= limit)


def refusal(soaked: Soaked) -> dict:
    """Those whose deadline passes are told at once."""
    late = [one.seconds for one in soaked.outcomes if one.kind == "good, impatient" and one.result == "503"]
    what = f"who is late at a deadline of {IMPATIENT_SECONDS:g} s is told within {PROMPT_SECONDS:g} s"
    if not late:
        return claim(what, "nobody was", True)
    p99 = percentile(late, 99)
    return claim(
        what, f"p99 {p99 - IMPATIENT_SECONDS:.3f} s ({len(late)} requests)", p99 <= IMPATIENT_SECONDS + PROMPT_SECONDS
    )


def descriptors(soaked: Soaked) -> dict:
    first, last = (statistics.median(sample.descriptors for sample in thirds(soaked)[index]) for index in (0, 2))
    most = max(sample.descriptors for sample in soaked.samples)
    return claim(
        "no growth in descriptors",
        f"idle {soaked.before.descriptors} → {soaked.after.descriptors}; "
        f"under load {first:g} → {last:g}, at most {most}",
        soaked.after.descriptors <= soaked.before.descriptors,
    )


def liveness(soaked: Soaked) -> dict:
    times = [sample.livez for sample in soaked.samples]
    answered = [time for time in times if time is not None]
    return claim(
        "/livez is always answered",
        f"{len(answered)} of {len(times)}, p99 {percentile(answered, 99) * 1000:.0f} ms",
        len(answered) == len(times),
    )


def end(soaked: Soaked) -> dict:
    errors = soaked.log.count('"level":"error"')
    return claim(
        "nothing failed inside, and the service ends in order",
        f"{errors} errors in the log, exit status {soaked.exit_status}",
        errors == 0 and soaked.exit_status == 0,
    )


def thirds(soaked: Soaked) -> list[list[Sample]]:
    length = soaked.seconds / 3
    return [
        [sample for sample in soaked.samples if index * length <= sample.at < (index + 1) * length]
        for index in range(3)
    ]
