"""The demo model's shape, and how its inputs are made."""

import json
import math
from pathlib import Path

import numpy as np
import torch
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

from scenes import SIDE

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def new_config(vocabulary_size):
    """3.9 million parameters: a CLIPSeg with every part, small enough to ship in a program."""
    start, end = vocabulary_size - 2, vocabulary_size - 1
    return CLIPSegConfig(
        text_config={
            "vocab_size": vocabulary_size,
            "hidden_size": 128,
            "intermediate_size": 512,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "max_position_embeddings": 32,
            "bos_token_id": start,
            "eos_token_id": end,
            "pad_token_id": end,
        },
        vision_config={
            "hidden_size": 192,
            "intermediate_size": 768,
            "num_hidden_layers": 6,
            "num_attention_heads": 6,
            "image_size": SIDE,
            "patch_size": 16,
        },
        projection_dim=128,
        reduce_dim=64,
        decoder_num_attention_heads=4,
        decoder_intermediate_size=256,
        extract_layers=[1, 3, 5],
        use_complex_transposed_convolution=True,
    )


def new_model(vocabulary_size):
    """A fresh model.

    The library leaves the decoder's layers at initial values made for a trained CLIP; from nothing
    they need values that keep the signal's size. The last bias says that most pixels are not asked
    for.
    """
    torch.manual_seed(0)
    model = CLIPSegForImageSegmentation(new_config(vocabulary_size))
    first, _, second, _, last = model.decoder.transposed_convolution
    for name, parameter in model.decoder.named_parameters():
        if parameter.dim() > 1 and ("film" in name or "reduces" in name):
            torch.nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5)
        elif parameter is first.weight:
            torch.nn.init.kaiming_normal_(parameter)
        elif parameter is second.weight:
            torch.nn.init.normal_(parameter, std=math.sqrt(2 / 64))
        elif parameter is last.weight:
            torch.nn.init.normal_(parameter, std=math.sqrt(1 / 32))
    with torch.no_grad():
        last.bias.fill_(-2.0)
    return model


def to_pixel_values(images):
    """Images of the model's own size (count, height, width, 3) as its input."""
    normalised = (np.asarray(images) / 255 - MEAN) / STD
    return torch.from_numpy(normalised.transpose(0, 3, 1, 2).astype("float32"))


def text_features(model, tokenizer, prompts):
    tokens = tokenizer(prompts, padding=True, return_tensors="pt")
    return model.clip.get_text_features(**tokens).pooler_output


def segment(model, pixel_values, conditional_embeddings):
    """Logits of each image for as many prompts as there are embeddings to an image."""
    repeats = len(conditional_embeddings) // len(pixel_values)
    vision = model.clip.vision_model(pixel_values, output_hidden_states=True)
    activations = [
        vision.hidden_states[layer + 1].repeat_interleave(repeats, 0)
        for layer in model.extract_layers
    ]
    return model.decoder(activations, conditional_embeddings).logits


def write_preprocessor_config(folder):
    settings = {
        "do_resize": True,
        "do_rescale": True,
        "do_normalize": True,
        "image_mean": MEAN,
        "image_std": STD,
        "resample": 2,
        "size": {"height": SIDE, "width": SIDE},
        "image_processor_type": "ViTImageProcessor",
    }
    text = json.dumps(settings, indent=1)
    (Path(folder) / "preprocessor_config.json").write_text(text)
