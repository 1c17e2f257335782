"""(b) The peers on the same weights, taking turns with clipseg."""

import statistics
import sys

from contestants import Clipseg, Contestant, Peer
from settings import Settings

RACES: dict[str, tuple[list[str], int, int]] = {
    # race: peers, prompts on one image, runs a turn
    "fp32": (["transformers-fp32", "torch-compile-fp32", "onnxruntime-fp32", "openvino-fp32"], 1, 3),
    "bf16": (["transformers-bf16", "torch-compile-bf16", "openvino-bf16"], 1, 5),
    "int8": (["onnxruntime-int8", "openvino-int8"], 1, 5),
    "ten-prompts": (["transformers-fp32"], 10, 1),
}


def run(settings: Settings, race: str, rounds: int) -> dict:
    """Runs a race: so many rounds, in each of which everybody has a turn; the first changes from round to round."""
    names, prompts, runs = RACES[race]
    contestants: list[Contestant] = [Clipseg("fp32" if race == "ten-prompts" else race, settings, prompts)]
    failures: dict[str, str] = {}
    try:
        for name in names:
            try:
                contestants.append(Peer(name, settings, prompts))
            except ChildProcessError as error:
                failures[name] = str(error)
                print(error, file=sys.stderr)
        turns: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
        for index in range(rounds):
            first = index % len(contestants)
            for contestant in contestants[first:] + contestants[:first]:
                turns[contestant.name].append(statistics.median(contestant.turn(runs)))
        return {
            "race": race,
            "prompts": prompts,
            "rounds": rounds,
            "runs_a_turn": runs,
            "seconds": turns,
            "facts": {contestant.name: contestant.facts() for contestant in contestants},
            "failures": failures,
        }
    finally:
        for contestant in contestants:
            contestant.stop()
