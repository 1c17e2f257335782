"""(e) What the options of a request cost: time, and the memory that it takes beside what the service holds at rest."""

import http.client
import statistics
import time
from pathlib import Path

from PIL import Image

import services
from images import jpeg, photographs
from load import form, send
from part_stages import SCENE, TWELVE_MEGAPIXELS
from services import Service
from settings import Settings

RUNS = 5
TEN_PROMPTS = [f"a photo of thing number {number}" for number in range(10)]
THREE_PROMPTS = ["a picture of the balloon", "a picture of the drum", "a football"]

Case = tuple[str, list[str], dict[str, str]]

# What the model is asked: the full-size model and photographs of two megapixels.
ASKING: list[Case] = [
    ("1 prompt", TEN_PROMPTS[:1], {}),
    ("10 prompts", TEN_PROMPTS, {}),
    ("resolution=704", TEN_PROMPTS[:1], {"resolution": "704"}),
    ("resolution=1024", TEN_PROMPTS[:1], {"resolution": "1024"}),
    ("tiles=2x2", TEN_PROMPTS[:1], {"tiles": "2x2"}),
    ("tiles=4x4", TEN_PROMPTS[:1], {"tiles": "4x4"}),
]
# What is drawn: the demo model, whose masks mean something, and a scene of twelve megapixels.
DRAWING: list[Case] = [
    ("as=mask", THREE_PROMPTS[:1], {}),
    ("as=probability", THREE_PROMPTS[:1], {"as": "probability"}),
    ("as=cutout", THREE_PROMPTS[:1], {"as": "cutout"}),
    ("as=cutout, crop=true", THREE_PROMPTS[:1], {"as": "cutout", "crop": "true"}),
    ("as=overlay", THREE_PROMPTS[:1], {"as": "overlay"}),
    ("as=labels, 3 prompts", THREE_PROMPTS, {"as": "labels"}),
    ("as=json, mask_format=png", THREE_PROMPTS[:1], {"as": "json"}),
    ("as=json, mask_format=rle", THREE_PROMPTS[:1], {"as": "json", "mask_format": "rle"}),
    ("as=json, mask_format=polygon", THREE_PROMPTS[:1], {"as": "json", "mask_format": "polygon"}),
    ("refine=guided", THREE_PROMPTS[:1], {"refine": "guided"}),
    ("smooth=8", THREE_PROMPTS[:1], {"smooth": "8"}),
    ("fill_holes, min_area", THREE_PROMPTS[:1], {"fill_holes": "true", "min_area": "500"}),
    ("shrink=8, grow=8", THREE_PROMPTS[:1], {"shrink": "8", "grow": "8"}),
    ("feather=8", THREE_PROMPTS[:1], {"feather": "8"}),
]


def run(settings: Settings) -> dict:
    pictures = photographs(settings.work / "images", RUNS)
    large = jpeg(Image.open(SCENE).convert("RGB").resize(TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC))
    uncached = ["--image-cache-bytes", "0", "--workers", "1"]
    with services.clipseg(settings, "bf16", *uncached) as service:
        asking = [measure(service, pictures, case) for case in ASKING]
    with services.clipseg_demo(settings, *uncached) as service:
        drawing = [measure(service, [large], case) for case in DRAWING]
    return {"runs": RUNS, "asking": asking, "drawing": drawing}


def measure(service: Service, pictures: list[bytes], case: Case) -> dict:
    """Medians over requests one after the other; the first does not count."""
    name, prompts, fields = case
    seconds, peaks, bytes_out = [], [], 0
    for turn in range(RUNS + 1):
        request = form("/v1/segment", pictures[turn % len(pictures)], prompts, fields)
        time.sleep(0.05)  # for what the last request held to be given back
        rest = service.usage().resident
        forget_peak(service)
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
        answer = send(connection, request)
        connection.close()
        if answer.status != 200:
            raise ValueError(f"{name}: {answer.status}: {answer.body[:300]!r}")
        if turn > 0:
            seconds.append(answer.seconds)
            peaks.append(service.peak_resident() - rest)
            bytes_out = len(answer.body)
    return {
        "case": name,
        "seconds": statistics.median(seconds),
        "beside_rest_bytes": statistics.median(peaks),
        "answer_bytes": bytes_out,
    }


def forget_peak(service: Service) -> None:
    """Has the kernel count the most memory ever held from here on (proc(5), clear_refs)."""
    Path(f"/proc/{service.pid}/clear_refs").write_text("5")
