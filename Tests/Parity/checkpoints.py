"""The full-size checkpoints that the program is compared on: published shapes, random weights."""

import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch

import reference

TEXT = {"vocab_size": 49408, "bos_token_id": 49406, "eos_token_id": 49407}
VISION = {"patch_size": 16, "image_size": 224}

# What differs from the library's defaults, which are the published sizes: twelve layers of 768 and
# of 512, projection 512, activations of layers 3, 6 and 9.
CHECKPOINTS = {
    "rd64-refined": {
        "config": {
            "text_config": TEXT,
            "vision_config": VISION,
            "reduce_dim": 64,
            "use_complex_transposed_convolution": True,
        },
        "dtype": torch.float32,
    },
    "rd64": {
        "config": {
            "text_config": TEXT | {"bos_token_id": 0, "eos_token_id": 2},
            "vision_config": VISION,
            "reduce_dim": 64,
        },
        "dtype": torch.float16,
        "legacy_position_ids": True,
    },
    "rd16": {
        "config": {"text_config": TEXT, "vision_config": VISION, "reduce_dim": 16},
        "dtype": torch.float32,
        "resample": 3,
        "shard_size": "200MB",
    },
    "odd": {
        "config": {
            "text_config": TEXT
            | {
                "hidden_size": 120,
                "intermediate_size": 200,
                "num_hidden_layers": 3,
                "num_attention_heads": 5,
                "hidden_act": "gelu",
                "layer_norm_eps": 1e-4,
            },
            "vision_config": {
                "hidden_size": 108,
                "intermediate_size": 260,
                "num_hidden_layers": 5,
                "num_attention_heads": 3,
                "image_size": 192,
                "patch_size": 8,
                "hidden_act": "gelu",
                "layer_norm_eps": 1e-3,
            },
            "projection_dim": 72,
            "reduce_dim": 30,
            "decoder_num_attention_heads": 5,
            "decoder_intermediate_size": 77,
            "extract_layers": [1, 3],
            "conditional_layer": 1,
            "use_complex_transposed_convolution": True,
        },
        "dtype": torch.bfloat16,
        "side": 224,
    },
}


def build(folder, names):
    """Writes the named checkpoints below `folder`, unless they are there; returns their folders."""
    paths = {}
    for seed, (name, entry) in enumerate(CHECKPOINTS.items(), start=1):
        if name not in names:
            continue
        path = paths[name] = Path(folder) / name
        if not (path / "complete").exists():
            print(f"Writing {path}", file=sys.stderr)
            reference.write_checkpoint(
                path,
                entry["config"],
                preprocessor(entry.get("side", 352), entry.get("resample", 2)),
                seed,
                entry["dtype"],
                shard_size=entry.get("shard_size", "5GB"),
                legacy_position_ids=entry.get("legacy_position_ids", False),
            )
            write_tokenizer(Path(folder), path)
            (path / "complete").touch()
    return paths


def preprocessor(side, resample):
    return {
        "do_resize": True,
        "do_rescale": True,
        "do_normalize": True,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "resample": resample,
        "size": {"height": side, "width": side},
        "image_processor_type": "ViTImageProcessor",
    }


def write_tokenizer(cache, folder):
    """CLIP's vocabulary, derived from its merges as the original code does."""
    merges = clip_merges(cache)
    letters = [chr(code) for code in clip_alphabet()]
    tokens = letters + [letter + "</w>" for letter in letters]
    tokens += ["".join(merge.split()) for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert len(tokens) == TEXT["vocab_size"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def clip_alphabet():
    """The characters that stand for the 256 bytes, in the order of their token ids.

    Printable bytes stand for themselves and come first; the others follow from 256 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return printable + [256 + index for index in range(256 - len(printable))]


def clip_merges(cache):
    """The merges that the open_clip_torch wheel carries; the wheel is fetched once."""
    file = cache / "bpe_simple_vocab_16e6.txt.gz"
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary", ":all:", "--dest", folder, "open_clip_torch"]
            subprocess.run(command, check=True)
            wheel = next(Path(folder).glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                file.write_bytes(archive.read(f"open_clip/{file.name}"))
    lines = gzip.decompress(file.read_bytes()).decode().split("\n")
    return lines[1 : 49152 - 256 - 2 + 1]
