"""Compares what `clipseg convert` writes with where it came from, at full size.

    SCRIPT=convert.py Tests/Parity/run.sh [--binary .build/release/clipseg] [--only rd16]

Random weights are written in the layouts of CLIPSeg's authors, of OpenAI and of transformers, and the
logits of each must be the same to the bit; those of PyTorch's own layers (original.py), within the
tolerance of parity.py. What is converted to bf16 has half the size, and loads in transformers. A
pickle that would run a program is refused. Exits with 1 if a comparison fails.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPSegConfig,
    CLIPSegForImageSegmentation,
    CLIPTokenizer,
)

import checkpoints
import original
import parity
import reference
import twin

TEXT = {"width": 512, "layers": 12, "heads": 8, "intermediate": 2048, "vocabulary": 49408, "positions": 77}
VISION = {
    "width": 768, "layers": 12, "heads": 12, "intermediate": 3072, "image": 224, "patch": 16, "projection": 512,
}  # fmt: skip
DECODERS = {"rd64-uni-refined": (64, True), "rd64-uni": (64, False), "rd16-uni": (16, False)}
PROMPTS = ["a cat", "the wooden table in the background"]


class Comparison:
    def __init__(self, binary, folder):
        self.program = parity.Program(binary)
        self.folder = folder
        self.table = parity.Table()
        self.image = parity.draw_images(folder)[0]

    def write_clip(self):
        """A CLIP whose weights are those of a file in half precision, in both layouts."""
        clip = original.randomise(original.CLIP(TEXT, VISION), 1).half().float()
        torch.save({name: value.half() for name, value in clip.state_dict().items()}, self.folder / "ViT-B-16.pt")
        model = CLIPModel(CLIPConfig(**twin.clip_config(TEXT, VISION, bos_token_id=0, eos_token_id=2)))
        folder = self.folder / "clip"
        twin.save_clip(twin.fill(model, twin.clip_pairs(model, clip)), folder)
        checkpoints.write_tokenizer(self.folder, folder)
        return clip

    def logits(self, folder, precision="fp32"):
        return self.program.logits(folder, precision, self.image, *PROMPTS)

    def convert(self, source, output, *options):
        output = self.folder / output
        shutil.rmtree(output, ignore_errors=True)
        self.program.run("convert", source, "--output", output, *options)
        return output

    def same(self, name, what, found, expected):
        passed = found.shape == expected.shape and found.tobytes() == expected.tobytes()
        self.table.add(name, what, "same bits" if passed else "different", "same bits", passed)

    def compare(self, name, clip, reduce_dim, refined):
        decoder = original.randomise(original.Decoder(VISION, reduce_dim, refined), 2)
        decoder_file = self.folder / f"{name}.pth"
        torch.save(decoder.state_dict(), decoder_file)
        safetensors, pickled = self.write_twin(name, clip, decoder, reduce_dim, refined)
        expected = self.logits(safetensors)

        self.compare_with_torch(name, clip, decoder, expected)
        self.same(name, "pytorch_model.bin", self.logits(pickled), expected)
        converted = self.convert(pickled, "converted", "--dtype", "fp32")
        self.same(name, "converted from pytorch_model.bin", self.logits(converted), expected)
        options = ["--clip", self.folder / "clip"]
        converted = self.convert(decoder_file, "converted", *options)
        self.same(name, "converted from the decoder and transformers' CLIP", self.logits(converted), expected)
        self.compare_in_transformers(name, converted, safetensors)
        options = ["--clip", self.folder / "ViT-B-16.pt", "--tokenizer", self.folder / "clip"]
        converted = self.convert(decoder_file, "converted", *options)
        self.same(name, "converted from the decoder and OpenAI's CLIP", self.logits(converted), expected)
        whole = {f"clip_model.{key}": value for key, value in clip.state_dict().items()}
        torch.save(whole | decoder.state_dict(), self.folder / "whole.pth")
        converted = self.convert(self.folder / "whole.pth", "converted", "--tokenizer", self.folder / "clip")
        self.same(name, "converted from both in one file", self.logits(converted), expected)
        self.compare_bfloat16(name, safetensors, expected)
        self.refuse(name, pickled)

    def write_twin(self, name, clip, decoder, reduce_dim, refined):
        config = CLIPSegConfig(
            **twin.clip_config(TEXT, VISION, bos_token_id=0, eos_token_id=2),
            reduce_dim=reduce_dim,
            use_complex_transposed_convolution=refined,
        )
        model = CLIPSegForImageSegmentation(config)
        pairs = [*twin.clip_pairs(model.clip, clip), *twin.decoder_pairs(model.decoder, decoder)]
        twin.fill(model, pairs)
        safetensors, pickled = self.folder / "safetensors", self.folder / "pickled"
        for folder in (safetensors, pickled):
            shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(safetensors)
        pickled.mkdir()
        torch.save(model.state_dict(), pickled / "pytorch_model.bin")
        shutil.copy(safetensors / "config.json", pickled)
        for folder in (safetensors, pickled):
            settings = json.dumps(checkpoints.preprocessor(352, 2))
            (folder / "preprocessor_config.json").write_text(settings)
            checkpoints.write_tokenizer(self.folder, folder)
        return safetensors, pickled

    def compare_with_torch(self, name, clip, decoder, logits):
        folder = self.folder / "safetensors"
        tokens = CLIPTokenizer.from_pretrained(folder)(PROMPTS)["input_ids"]
        with Image.open(self.image) as image:
            pixels = reference.load_image_processor(folder)(image, return_tensors="pt")["pixel_values"]
        expected = original.segment(clip, decoder, pixels, tokens).numpy()
        parity.compare_logits(self.table, name, "PyTorch's own layers", logits, expected)

    def compare_in_transformers(self, name, converted, safetensors):
        """Both folders give transformers the same weights, and all that it looks for."""
        model, info = CLIPSegForImageSegmentation.from_pretrained(converted, output_loading_info=True)
        twin_model = CLIPSegForImageSegmentation.from_pretrained(safetensors)
        problems = [key for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[key]]
        state, twin_state = model.state_dict(), twin_model.state_dict()
        same = state.keys() == twin_state.keys() and all(
            torch.equal(value, twin_state[key]) for key, value in state.items()
        )
        figure = "same weights" if same and not problems else f"different {problems}"
        self.table.add(name, "converted, in transformers", figure, "same weights", same and not problems)

    def compare_bfloat16(self, name, safetensors, expected):
        converted = self.convert(safetensors, "converted", "--dtype", "bf16")
        sizes = [(folder / "model.safetensors").stat().st_size for folder in (converted, safetensors)]
        share = sizes[0] / sizes[1]
        self.table.add(name, "bf16, size", f"{share:.4f}", "0.505", share < 0.505)
        # In the precision that the CPU has for it: the weights are the same numbers either way.
        logits = self.logits(converted, "auto")
        parity.compare_narrow(self.table, name, "bf16, converted", "bf16", logits, expected)
        model = CLIPSegForImageSegmentation.from_pretrained(converted)
        stored = model.clip.vision_model.encoder.layers[0].mlp.fc1.weight.dtype
        figure = str(stored)
        self.table.add(name, "bf16, in transformers", figure, "torch.bfloat16", stored == torch.bfloat16)

    def refuse(self, name, pickled):
        """A checkpoint whose pickle would run a program is refused, and the program is not run."""

        class Call:
            def __reduce__(self):
                return os.system, (f"touch {marker}",)

        marker = self.folder / "executed"
        torch.save({"a": torch.zeros(2), "b": Call()}, pickled / "pytorch_model.bin")
        command = [self.program.binary, "segment", self.image, "x", "--model", pickled, "-o", self.folder / "mask.png"]
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        refused = result.returncode == 65 and "posix.system" in result.stderr and not marker.exists()
        self.table.add(name, "a pickle that calls", "refused" if refused else "accepted", "refused", refused)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2])
    parser.add_argument("--binary", type=Path, help="default: .build/release/clipseg")
    parser.add_argument("--only", nargs="+", choices=DECODERS, metavar="NAME", default=list(DECODERS))
    options = parser.parse_args()
    binary = options.binary or options.root / ".build" / "release" / "clipseg"
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(Path(binary).absolute(), Path(folder))
        clip = comparison.write_clip()
        for name in options.only:
            comparison.compare(name, clip, *DECODERS[name])
    print(comparison.table)
    sys.exit(1 if comparison.table.failed else 0)


if __name__ == "__main__":
    main()
