"""From logits to the answer, the same in both scripts: a mask of the image's own size."""

import io

import torch
from PIL import Image


def mask_png(logits: torch.Tensor, size: tuple[int, int]) -> bytes:
    """The PNG of where the probability is a half or more; `size` is width and height."""
    enlarged = torch.nn.functional.interpolate(
        logits.float().reshape(1, 1, *logits.shape[-2:]), size=size[::-1], mode="bilinear", align_corners=False
    )
    mask = (enlarged.sigmoid() >= 0.5).to(torch.uint8)[0, 0] * 255
    buffer = io.BytesIO()
    Image.fromarray(mask.numpy()).save(buffer, "PNG")
    return buffer.getvalue()
