"""Writes the fixtures of ConversionTests: the layouts of CLIPSeg's authors and of OpenAI, small.

    python make_original.py

Needs the packages of ../../../Parity/requirements.txt. What is expected is computed by
../../../Parity/original.py, which is made of PyTorch's own layers.

decoder-simple.pth, decoder-refined.pth   decoders, as the authors save them
openai.pth                                a CLIP as OpenAI's code saves it, in half precision
clip/                                     the same CLIP by transformers, as pytorch_model.bin
expected.safetensors                      pixels (1, 3, 32, 32), and logits by decoder (2, 32, 32)
                                          of the prompts [558, 7, 90, 559] and [558, 3, 559]
"""

import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[2]
sys.path.insert(0, str(TESTS / "Parity"))

import original  # noqa: E402  (found through the path just added)

PROMPTS = [[558, 7, 90, 559], [558, 3, 559]]
TEXT = {"width": 64, "layers": 2, "heads": 1, "intermediate": 24, "vocabulary": 560, "positions": 8}
VISION = {
    "width": 64, "layers": 10, "heads": 1, "intermediate": 16, "image": 48, "patch": 16, "projection": 20,
}  # fmt: skip


def save_transformers(clip, folder):
    """The same CLIP in transformers' layout: its own model, filled part by part."""
    text = {
        "vocab_size": 560, "hidden_size": 64, "intermediate_size": 24, "num_hidden_layers": 2,
        "num_attention_heads": 1, "max_position_embeddings": 8, "bos_token_id": 0, "eos_token_id": 2,
    }  # fmt: skip
    vision = {
        "hidden_size": 64, "intermediate_size": 16, "num_hidden_layers": 10, "num_attention_heads": 1,
        "image_size": 48, "patch_size": 16,
    }  # fmt: skip
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=20))
    vision, text = model.vision_model, model.text_model
    pairs = [
        (vision.embeddings.class_embedding, clip.visual.class_embedding),
        (vision.embeddings.patch_embedding.weight, clip.visual.conv1.weight),
        (vision.embeddings.position_embedding.weight, clip.visual.positional_embedding),
        (model.visual_projection.weight, clip.visual.proj.T),
        (text.embeddings.token_embedding.weight, clip.token_embedding.weight),
        (text.embeddings.position_embedding.weight, clip.positional_embedding),
        (model.text_projection.weight, clip.text_projection.T),
        (model.logit_scale, clip.logit_scale),
    ]

    def module(target, source):
        pairs.extend([(target.weight, source.weight), (target.bias, source.bias)])

    module(vision.pre_layrnorm, clip.visual.ln_pre)
    module(vision.post_layernorm, clip.visual.ln_post)
    module(text.final_layer_norm, clip.ln_final)
    for target, source in (
        *zip(vision.encoder.layers, clip.visual.transformer.resblocks, strict=True),
        *zip(text.encoder.layers, clip.transformer.resblocks, strict=True),
    ):
        module(target.layer_norm1, source.ln_1)
        module(target.layer_norm2, source.ln_2)
        module(target.mlp.fc1, source.mlp.c_fc)
        module(target.mlp.fc2, source.mlp.c_proj)
        module(target.self_attn.out_proj, source.attn.out_proj)
        weights, biases = source.attn.in_proj_weight.chunk(3), source.attn.in_proj_bias.chunk(3)
        attention = target.self_attn
        for part, weight, bias in zip((attention.q_proj, attention.k_proj, attention.v_proj), weights, biases):
            pairs.extend([(part.weight, weight), (part.bias, bias)])
    with torch.no_grad():
        assert {id(target) for target, _ in pairs} == {id(parameter) for parameter in model.parameters()}
        for target, source in pairs:
            target.copy_(source)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model.config.save_pretrained(folder)
    state = {name: value.half() for name, value in model.state_dict().items()}
    for name, encoder in (("text_model", text), ("vision_model", vision)):
        state[f"{name}.embeddings.position_ids"] = encoder.embeddings.position_ids.clone()
    torch.save(state, folder / "pytorch_model.bin")
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(TESTS / "CLIPSegTests" / "Fixtures" / "complex" / name, folder)


def main():
    # Half precision as published; what is expected is computed from the same rounded numbers.
    clip = original.randomise(original.CLIP(TEXT, VISION), 1).half().float()
    half = {name: value.half() for name, value in clip.state_dict().items()}
    torch.save(half, HERE / "openai.pth")
    save_transformers(clip, HERE / "clip")
    pixels = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    expected = {"pixels": pixels}
    for seed, (name, refined) in enumerate({"simple": False, "refined": True}.items(), start=3):
        decoder = original.randomise(original.Decoder(VISION, 8, refined, intermediate=12), seed)
        torch.save(decoder.state_dict(), HERE / f"decoder-{name}.pth")
        expected[name] = original.segment(clip, decoder, pixels, PROMPTS).contiguous()
        print(name, expected[name].shape, expected[name].mean(), expected[name].std())
    save_file(expected, HERE / "expected.safetensors")


if __name__ == "__main__":
    main()
