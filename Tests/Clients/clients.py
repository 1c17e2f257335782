#!/usr/bin/env python3
"""Asks a service of ours by other people's clients: huggingface_hub and NVIDIA's tritonclient.

usage: clients.py --binary .build/release/clipseg
"""

import argparse
import base64
import io
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote_plus

import numpy
import tritonclient.http as triton
from huggingface_hub import InferenceClient
from PIL import Image

SCENE = Path(__file__).parent.parent / "Scenes" / "scene-2023.jpg"
PROMPTS = ["a picture of the balloon", "a picture of the drum"]
ABSENT = "airplane"


def check(holds, promise):
    print(("ok      " if holds else "BROKEN  ") + promise)
    return bool(holds)


def served(binary):
    """A running service, and its address."""
    process = subprocess.Popen(
        [binary, "serve", "--port", "0", "--precision", "fp32", "--log-format", "text"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if "127.0.0.1:" in line:
            address = line.split("127.0.0.1:")[1].split()[0].strip("/\",")
            break
    else:
        sys.exit("the service did not start")
    # What it logs must not fill the pipe.
    subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
    return process, f"127.0.0.1:{address}"


def mask(host, prompt):
    """What /v1/segment answers, as the reference."""
    request = urllib.request.Request(
        f"http://{host}/v1/segment?prompt={quote_plus(prompt)}",
        data=SCENE.read_bytes(),
        headers={"Content-Type": "image/jpeg"},
    )
    return numpy.array(Image.open(io.BytesIO(urllib.request.urlopen(request).read())))


def close(a, b):
    """A batch may be added up in another order than a single prompt."""
    return a.shape == b.shape and numpy.count_nonzero(a != b) <= a.size / 10_000


def check_triton(host, masks):
    client = triton.InferenceServerClient(host)
    ready = client.is_server_live() and client.is_server_ready() and client.is_model_ready("clipseg")
    yield check(ready, "triton: live and ready")
    metadata = client.get_model_metadata("clipseg")
    yield check([i["name"] for i in metadata["inputs"]] == ["image", "prompts"], "triton: metadata")
    for binary in (True, False):
        file = SCENE.read_bytes()
        image = triton.InferInput("image", [1], "BYTES")
        image.set_data_from_numpy(
            numpy.array([file if binary else base64.b64encode(file)], dtype=object), binary_data=binary)
        prompts = triton.InferInput("prompts", [len(PROMPTS)], "BYTES")
        prompts.set_data_from_numpy(numpy.array([p.encode() for p in PROMPTS], dtype=object), binary_data=binary)
        some = [triton.InferRequestedOutput(n, binary_data=not binary) for n in ("probability", "mask")]
        for outputs in (None, some):
            result = client.infer("clipseg", [image, prompts], outputs=outputs, request_id="42")
            found, probability = result.as_numpy("mask"), result.as_numpy("probability")
            how = f"binary in: {binary}, outputs {'named' if outputs else 'all'}"
            yield check(close(found, masks), f"triton: the masks of /v1/segment, {how}")
            yield check(((probability >= 0.5) * 255 == found).all(), f"triton: probabilities agree, {how}")
            yield check(result.get_response()["id"] == "42", f"triton: the id comes back, {how}")
    try:
        client.infer("clipseg", [image])
        yield check(False, "triton: an input is missing")
    except triton.InferenceServerException as error:
        yield check("prompts" in error.message(), "triton: a missing input is named")


def check_hugging_face(host, masks):
    labels = "&".join(f"candidate_labels={quote_plus(label)}" for label in [*PROMPTS, ABSENT])
    client = InferenceClient(model=f"http://{host}/hf/image-segmentation?{labels}")
    # Without parameters the client sends the file, with parameters JSON.
    for parameters in ({}, {"mask_threshold": 0.5}):
        segments = client.image_segmentation(SCENE, **parameters)
        yield check([s.label for s in segments] == PROMPTS, f"huggingface_hub: labels that are found, {parameters}")
        found = numpy.stack([numpy.array(s.mask) for s in segments])
        yield check(close(found, masks), f"huggingface_hub: the masks of /v1/segment, {parameters}")
    for parameters in ({"subtask": "panoptic"}, {"overlap_mask_area_threshold": 0.5}):
        try:
            client.image_segmentation(SCENE, **parameters)
            yield check(False, f"huggingface_hub: {parameters} is refused")
        except Exception as error:
            yield check(next(iter(parameters)) in str(error), f"huggingface_hub: {parameters} is refused by name")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/clipseg")
    process, host = served(parser.parse_args().binary)
    try:
        while not ready(host):
            time.sleep(0.1)
        masks = numpy.stack([mask(host, prompt) for prompt in PROMPTS])
        held = [*check_triton(host, masks), *check_hugging_face(host, masks)]
    finally:
        process.terminate()
        process.wait()
    sys.exit(0 if all(held) else 1)


def ready(host):
    try:
        return urllib.request.urlopen(f"http://{host}/readyz").status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
