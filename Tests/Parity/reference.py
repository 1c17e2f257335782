"""The transformers side of every comparison: random checkpoints, and what is computed with them."""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil
from transformers.utils import logging

logging.disable_progress_bar()


def randomise(model, seed):
    """Gives every parameter a random value, biases, norm gains and offsets included.

    The library's own initial values are zeros and ones for those, so an implementation that forgot
    a bias would agree with the reference. The scales keep activations of order one and attention
    neither uniform nor saturated.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(parameter, std, mean=0.0):
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * std + mean)

    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if name.endswith("logit_scale"):
                parameter.fill_(2.3)
            elif "film_mul.bias" in name:
                normal(parameter, 0.3, mean=1.0)
            elif "norm" in name or "layrnorm" in name:
                normal(parameter, 0.25, mean=1.0 if name.endswith("weight") else 0.0)
            elif name.endswith("bias"):
                normal(parameter, 0.25)
            elif "embedding" in name and "patch_embedding" not in name:
                normal(parameter, 0.6)
            elif "transposed_convolution" in name:
                normal(parameter, 1.6 / math.sqrt(_inputs_per_output(name, parameter)))
            elif "q_proj" in name or "k_proj" in name:
                normal(parameter, 1.3 / math.sqrt(parameter[0].numel()))
            else:
                normal(parameter, 1 / math.sqrt(parameter[0].numel()))


def _inputs_per_output(name, weight):
    """How many products are summed into one output of a decoder convolution.

    The transposed ones have their stride as kernel size, so each output pixel sees one input
    position, and their weight is laid out [inputs, outputs, height, width]. Only the 3×3
    convolution is laid out the other way.
    """
    is_plain_convolution = name.endswith("transposed_convolution.0.weight")
    return weight[0].numel() if is_plain_convolution else weight.shape[0]


def write_checkpoint(
    folder, config, preprocessor, seed, dtype, shard_size="5GB", legacy_position_ids=False
):
    """Writes a random checkpoint as `save_pretrained` does, with its `preprocessor_config.json`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model = CLIPSegForImageSegmentation(CLIPSegConfig(**config))
    randomise(model, seed)
    model.to(dtype).save_pretrained(folder, max_shard_size=shard_size)
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n")
    if legacy_position_ids:
        _add_position_ids(folder / "model.safetensors", model.clip)


def _add_position_ids(file, clip):
    """Adds the integer tensors that old versions wrote, and that readers must ignore."""
    tensors = load_file(file)
    for name, encoder in (("text_model", clip.text_model), ("vision_model", clip.vision_model)):
        position_ids = encoder.embeddings.position_ids.clone()
        tensors[f"clip.{name}.embeddings.position_ids"] = position_ids
    save_file(tensors, file, metadata={"format": "pt"})


def load_model(folder):
    """The reference model in float32 (version 5 keeps the type of the file unless told)."""
    model = CLIPSegForImageSegmentation.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    )
    return model.eval()


def load_image_processor(folder):
    """The image processor whose resizing is Pillow's own, on which the checkpoints were trained."""
    return ViTImageProcessorPil.from_pretrained(folder, local_files_only=True)


def activations_for_decoder(model, pixel_values):
    """The hidden states that the decoder takes, in the order of `extract_layers`."""
    hidden_states = model.clip.vision_model(pixel_values, output_hidden_states=True).hidden_states
    return [hidden_states[layer + 1] for layer in model.extract_layers]


def decode(decoder, activations, conditional_embeddings, grid):
    """The reference's decoder with its `view` changed from a square to `grid` (rows, columns).

    Returns the logits and every intermediate activation by name.
    """
    trace = {}
    output = None
    for index, (activation, layer, reduce) in enumerate(
        zip(activations[::-1], decoder.layers, decoder.reduces, strict=True)
    ):
        output = reduce(activation) if output is None else reduce(activation) + output
        trace[f"reduced.{index}"] = output
        if index == decoder.conditional_layer:
            scale = decoder.film_mul(conditional_embeddings)[:, None]
            output = scale * output + decoder.film_add(conditional_embeddings)[:, None]
            trace["modulated"] = output
        output = layer(output, attention_mask=None)
        trace[f"layers.{index}"] = output
    features = output[:, 1:].transpose(1, 2).unflatten(2, grid)
    return decoder.transposed_convolution(features).squeeze(1), trace


def segment(model, pixel_values, conditional_embeddings):
    """Logits of one image, of any shape, for several conditional embeddings."""
    prompts = len(conditional_embeddings)
    patch = model.config.vision_config.patch_size
    grid = (pixel_values.shape[2] // patch, pixel_values.shape[3] // patch)
    activations = [a.expand(prompts, -1, -1) for a in activations_for_decoder(model, pixel_values)]
    return decode(model.decoder, activations, conditional_embeddings, grid)
