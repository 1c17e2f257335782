"""The script people run today: FastAPI, uvicorn and transformers.

The model is loaded in the lifespan handler, and the endpoint is a plain `def`, as FastAPI's documentation has it
for a shared model and for work that blocks.
"""

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import torch
from answer import mask_png
from fastapi import FastAPI, Form, Response, UploadFile
from PIL import Image, ImageOps
from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

DTYPE = {"fp32": torch.float32, "bf16": torch.bfloat16}[os.environ["PRECISION"]]

models: dict = {}


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    torch.set_num_threads(int(os.environ["THREADS"]))
    folder = os.environ["CHECKPOINT"]
    models["processor"] = CLIPSegProcessor.from_pretrained(folder)
    models["model"] = CLIPSegForImageSegmentation.from_pretrained(folder, dtype=DTYPE).eval()
    yield
    models.clear()


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/segment")
def segment(image: UploadFile, prompt: Annotated[str, Form()]) -> Response:
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(image.file.read()))).convert("RGB")
    inputs = models["processor"](text=[prompt], images=[picture], padding=True, return_tensors="pt")
    inputs["pixel_values"] = inputs["pixel_values"].to(DTYPE)
    with torch.inference_mode():
        logits = models["model"](**inputs).logits
    return Response(mask_png(logits, picture.size), media_type="image/png")
