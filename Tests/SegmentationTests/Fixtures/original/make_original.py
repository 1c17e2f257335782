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
import twin  # noqa: E402

PROMPTS = [[558, 7, 90, 559], [558, 3, 559]]
TEXT = {"width": 64, "layers": 2, "heads": 1, "intermediate": 24, "vocabulary": 560, "positions": 8}
VISION = {
    "width": 64, "layers": 10, "heads": 1, "intermediate": 16, "image": 48, "patch": 16, "projection": 20,
}  # fmt: skip


def main():
    # Half precision as published; what is expected is computed from the same rounded numbers.
    clip = original.randomise(original.CLIP(TEXT, VISION), 1).half().float()
    half = {name: value.half() for name, value in clip.state_dict().items()}
    torch.save(half, HERE / "openai.pth")
    model = CLIPModel(CLIPConfig(**twin.clip_config(TEXT, VISION, bos_token_id=0, eos_token_id=2)))
    twin.save_clip(twin.fill(model, twin.clip_pairs(model, clip)).half(), HERE / "clip")
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(TESTS / "CLIPSegTests" / "Fixtures" / "complex" / name, HERE / "clip")
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
