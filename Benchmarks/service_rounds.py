"""The rounds of the comparison of services, pooled."""

import statistics
from dataclasses import dataclass

import results
from part_service import ROUNDS


@dataclass(frozen=True)
class Load:
    throughput: float  # requests a second: the median of the rounds
    latencies_ms: list[float]  # of all rounds
    resident_bytes: int  # the most in any round
    failures: int

    def percentile(self, percent: float) -> float:
        return percentile(self.latencies_ms, percent)


@dataclass(frozen=True)
class Pooled:
    ready_seconds: float
    peak_resident_bytes: int
    loads: dict[int, Load]


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that so many per cent are not above."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]


def load() -> dict[str, Pooled]:
    """All rounds there are; nothing if there are none."""
    rounds = [result["services"] for number in ROUNDS if (result := results.load(f"service-{number}"))]
    if not rounds:
        return {}
    return {name: pool([one[name] for one in rounds if name in one]) for name in sorted(rounds[0])}


def pool(rounds: list[dict]) -> Pooled:
    return Pooled(
        ready_seconds=statistics.median(one["ready_seconds"] for one in rounds),
        peak_resident_bytes=max(one["peak_resident_bytes"] for one in rounds),
        loads={
            int(concurrency): pool_loads([one["loads"][concurrency] for one in rounds])
            for concurrency in rounds[0]["loads"]
        },
    )


def pool_loads(loads: list[dict]) -> Load:
    return Load(
        throughput=statistics.median(one["throughput"] for one in loads),
        latencies_ms=[value for one in loads for value in one["latencies_ms"]],
        resident_bytes=max(one["resident_bytes"] for one in loads),
        failures=sum(one["failures"] for one in loads),
    )
