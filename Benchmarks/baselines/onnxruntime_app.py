"""The same script with ONNX Runtime in the model's place.

One session is shared by all requests, as its documentation recommends: `run` may be called from several threads.
"""

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import numpy
import onnxruntime
import torch
from answer import mask_png
from fastapi import FastAPI, Form, Response, UploadFile
from PIL import Image, ImageOps
from transformers import CLIPSegProcessor

models: dict = {}


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    threads = int(os.environ["THREADS"])
    torch.set_num_threads(threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    models["processor"] = CLIPSegProcessor.from_pretrained(os.environ["CHECKPOINT"])
    models["session"] = onnxruntime.InferenceSession(os.environ["GRAPH"], options, providers=["CPUExecutionProvider"])
    yield
    models.clear()


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/segment")
def segment(image: UploadFile, prompt: Annotated[str, Form()]) -> Response:
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(image.file.read()))).convert("RGB")
    inputs = models["processor"](text=[prompt], images=[picture], padding=True, return_tensors="np")
    feed = {
        "pixel_values": inputs["pixel_values"].astype(numpy.float32),
        "input_ids": inputs["input_ids"].astype(numpy.int64),
        "attention_mask": inputs["attention_mask"].astype(numpy.int64),
    }
    logits = torch.from_numpy(models["session"].run(["logits"], feed)[0])
    return Response(mask_png(logits, picture.size), media_type="image/png")
