"""Where the time of a request goes, as the service's own `Server-Timing` tells it, one request at a time."""

import http.client
import os
import re
import statistics

from PIL import Image

import peak
import services
from images import jpeg, photographs
from load import form, send
from services import Service
from settings import ROOT, Settings

MODEL_STAGES = {"text", "encode", "decode_mask"}
TWELVE_MEGAPIXELS = (4000, 3000)
SCENE, PROMPT = ROOT / "Tests" / "Scenes" / "scene-2023.jpg", "a picture of the balloon"

Stages = dict[str, float]


def run(settings: Settings, runs: int) -> dict:
    return {
        "peak": peak.measure(settings),
        "full_size": {precision: full_size(settings, precision, runs) for precision in ("fp32", "bf16", "int8")},
        "twelve_megapixels": {decode: twelve_megapixels(settings, decode, runs) for decode in ("exact", "fast")},
    }


def full_size(settings: Settings, precision: str, runs: int) -> dict:
    """A new image with a new prompt, and then another new prompt on the same image, at full size."""
    pictures = photographs(settings.work / "images", runs + 2)
    first, second = [], []
    with services.clipseg(settings, precision) as service:
        for number, picture in enumerate(pictures):
            first.append(ask(service, picture, f"a photo of thing number {number}"))
            second.append(ask(service, picture, f"the wooden table number {number}"))
    return {"new_image": medians(first[2:]), "new_prompt": medians(second[2:])}


def twelve_megapixels(settings: Settings, decode: str, runs: int) -> dict:
    """A JPEG of 12 megapixels to a mask of its size, on one core, with the demo model, whose masks mean something."""
    picture = jpeg(Image.open(SCENE).convert("RGB").resize(TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC))
    with services.clipseg_demo(settings, "--workers", "1", "--threads-per-worker", "1") as service:
        os.sched_setaffinity(service.pid, {0})
        for task in os.listdir(f"/proc/{service.pid}/task"):
            os.sched_setaffinity(int(task), {0})
        stages = [ask(service, picture, PROMPT, decode=decode) for _ in range(runs + 2)]
    return medians(stages[2:]) | {"all_but_model": statistics.median(map(beside_model, stages[2:]))}


def beside_model(stages: Stages) -> float:
    """All of a request's time but the model's, waiting included."""
    return stages["total"] - sum(stages[stage] for stage in MODEL_STAGES)


def ask(service: Service, picture: bytes, prompt: str, **fields: str) -> Stages:
    """Sends one request; seconds of each stage."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    answer = send(connection, form("/v1/segment", picture, [prompt], fields))
    connection.close()
    if answer.status != 200:
        raise ValueError(f"{answer.status}: {answer.body[:300]!r}")
    timings = re.findall(r"(\w+);dur=([\d.]+)", answer.headers["Server-Timing"])
    return {stage: float(milliseconds) / 1000 for stage, milliseconds in timings}


def medians(requests: list[Stages]) -> Stages:
    return {stage: statistics.median(one[stage] for one in requests) for stage in requests[0]}
