"""(d) Cost against work: the model's input, prompts, the image's megapixels, requests at a time."""

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import services
from contestants import bench
from images import jpeg, photographs, picture
from load import Request, closed_loop, form
from part_service import summary
from part_stages import ask, beside_model, medians
from settings import Settings

RESOLUTIONS = [224, 288, 352, 448, 544, 640]
PROMPTS = [1, 2, 4, 8, 16, 32]
MEGAPIXELS = [0.25, 1, 2, 6, 12, 24, 48]
CONCURRENCIES = [1, 2, 4, 8, 16, 32]
IMAGES = 32


def resolution(settings: Settings, arguments: argparse.Namespace) -> dict:
    """The size that the checkpoint's preprocessor asks for is the model's input."""
    points = []
    for side in RESOLUTIONS:
        checkpoint = with_input_size(settings, side)
        for precision in ("fp32", "bf16", "int8"):
            report = bench(settings, precision, runs=arguments.runs, checkpoint=checkpoint)
            points.append({"side": side, "precision": precision, "seconds": report["median_seconds"]})
    return {"points": points}


def with_input_size(settings: Settings, side: int) -> Path:
    """The checkpoint with another input size; the weights are shared."""
    folder = settings.work / "sizes" / str(side)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in settings.checkpoint.iterdir():
        if file.name != "preprocessor_config.json":
            (folder / file.name).symlink_to(file.resolve())
    preprocessor = json.loads((settings.checkpoint / "preprocessor_config.json").read_text())
    preprocessor["size"] = {"height": side, "width": side}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    return folder


def prompts(settings: Settings, arguments: argparse.Namespace) -> dict:
    points = []
    for count in PROMPTS:
        for cached in (False, True):
            report = bench(settings, "bf16", prompts=count, cached=cached, runs=arguments.runs)
            points.append({"prompts": count, "cached": cached, "seconds": report["median_seconds"]})
    return {"precision": "bf16", "points": points}


def megapixels(settings: Settings, arguments: argparse.Namespace) -> dict:
    """Everything but the model, by the service's own clock, on all threads."""
    points = []
    with services.clipseg(settings, "bf16") as service:
        for size in MEGAPIXELS:
            width = round((size * 1e6 * 4 / 3) ** 0.5)
            file = jpeg(picture((width, width * 3 // 4), seed=0))
            for decode in ("exact", "fast"):
                stages = medians([ask(service, file, "a red umbrella", decode=decode) for _ in range(5)][1:])
                stages["all but the model"] = beside_model(stages)
                points.append({"megapixels": size, "decode": decode, "bytes": len(file), "stages": stages})
    return {"points": points}


def concurrency(settings: Settings, arguments: argparse.Namespace) -> dict:
    """As many requests in flight as asked for; images of two megapixels, each encoded anew."""
    pictures = photographs(settings.work / "images", IMAGES)

    def request(number: int) -> Request:
        return form("/v1/segment", pictures[number % IMAGES], [f"a photo of thing number {number}"])

    points = []
    with services.clipseg(settings, "bf16", "--image-cache-bytes", "0") as service:
        for count in CONCURRENCIES:
            points.append(
                {"concurrency": count} | summary(closed_loop(service.port, count, arguments.seconds, request))
            )
    return {"precision": "bf16", "points": points}


AXES: dict[str, Callable[[Settings, argparse.Namespace], dict]] = {
    "resolution": resolution,
    "prompts": prompts,
    "megapixels": megapixels,
    "concurrency": concurrency,
}
