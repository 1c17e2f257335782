"""Writes the reference fixtures of CLIPSegTests.

Tiny random checkpoints, and what transformers computes with them.

    python make_fixtures.py

Deterministic for given package versions (see ../../Parity/requirements.txt). README.md beside this
file describes what is written.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from tokenizers import pre_tokenizers
from transformers import CLIPSegConfig, CLIPSegProcessor, CLIPSegVisionConfig, CLIPTokenizer
from transformers.models.clipseg.modeling_clipseg import CLIPSegVisionEmbeddings
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Parity"))

import reference  # noqa: E402  (found through the path just added)

VOCABULARY_SIZE = 560
START, END = VOCABULARY_SIZE - 2, VOCABULARY_SIZE - 1
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])


def preprocessor(size, resample=2, **changes):
    """A `preprocessor_config.json` with the keys that the published checkpoints have."""
    return dict(
        do_resize=True, do_rescale=True, do_normalize=True, resample=resample, size=size,
        image_processor_type="ViTImageProcessor", **IMAGENET,
    ) | changes  # fmt: skip


def square(side):
    return dict(height=side, width=side)


# One entry per checkpoint: `feed` is the side of the square images, `non_square` a height and
# width, `prompt_side` the side of the image prompt. Sizes that are not multiples of the patch leave
# pixels over, which the model drops.
CHECKPOINTS = {
    # Like rd64-refined: position embeddings of a 3×3 grid used on 4×4; the fifth vision layer
    # is not needed for a mask.
    "complex": dict(
        config=dict(
            text_config=dict(
                vocab_size=VOCABULARY_SIZE, hidden_size=16, intermediate_size=32,
                num_hidden_layers=2,
                num_attention_heads=2, max_position_embeddings=20,
                bos_token_id=START, eos_token_id=END,
            ),
            vision_config=dict(
                hidden_size=20, intermediate_size=40, num_hidden_layers=5,
                num_attention_heads=2, image_size=48,
                patch_size=16,
            ),
            projection_dim=16, reduce_dim=16, decoder_num_attention_heads=4,
            decoder_intermediate_size=32,
            extract_layers=[0, 2, 3], use_complex_transposed_convolution=True,
        ),
        preprocessor=preprocessor(square(64)), dtype=torch.float32, feed=64, non_square=(37, 69),
        prompt_side=48,
    ),
    # Like rd64: the old `eos_token_id` 2, a half-precision file, and the integer tensors that
    # old versions wrote.
    "simple": dict(
        config=dict(
            text_config=dict(
                vocab_size=VOCABULARY_SIZE, hidden_size=24, intermediate_size=48,
                num_hidden_layers=2,
                num_attention_heads=3, max_position_embeddings=16, bos_token_id=0, eos_token_id=2,
            ),
            vision_config=dict(
                hidden_size=32, intermediate_size=64, num_hidden_layers=4,
                num_attention_heads=4, image_size=64,
                patch_size=16,
            ),
            projection_dim=24, reduce_dim=16, decoder_num_attention_heads=4,
            decoder_intermediate_size=64,
            extract_layers=[0, 1, 2], use_complex_transposed_convolution=False,
        ),
        preprocessor=preprocessor(square(64)), dtype=torch.float16, feed=64, non_square=(64, 48),
        prompt_side=32,
        legacy_position_ids=True,
    ),
    # Like rd16: a narrow decoder, several files with an index, and bicubic resizing.
    "sharded": dict(
        config=dict(
            text_config=dict(
                vocab_size=VOCABULARY_SIZE, hidden_size=16, intermediate_size=40,
                num_hidden_layers=1,
                num_attention_heads=4, max_position_embeddings=16,
                bos_token_id=START, eos_token_id=END,
            ),
            vision_config=dict(
                hidden_size=16, intermediate_size=32, num_hidden_layers=4,
                num_attention_heads=2, image_size=32,
                patch_size=16,
            ),
            projection_dim=12, reduce_dim=8, decoder_num_attention_heads=4,
            decoder_intermediate_size=24,
            extract_layers=[1, 2, 3], use_complex_transposed_convolution=False,
        ),
        preprocessor=preprocessor(square(64), resample=3), dtype=torch.float32, feed=64,
        non_square=(33, 64),
        prompt_side=64, shard_size="60KB",
    ),
    # Everything that the published checkpoints leave at its usual value. Patch 14 is not a
    # multiple of 4: the complex
    # transposed convolution enlarges by (14 // 4)² = 9, so the logits are smaller than the image.
    "odd": dict(
        config=dict(
            text_config=dict(
                vocab_size=VOCABULARY_SIZE, hidden_size=40, intermediate_size=56,
                num_hidden_layers=2,
                num_attention_heads=5, max_position_embeddings=13,
                bos_token_id=START, eos_token_id=END,
                pad_token_id=END, hidden_act="gelu", layer_norm_eps=1e-3,
            ),
            vision_config=dict(
                hidden_size=36, intermediate_size=60, num_hidden_layers=4,
                num_attention_heads=3, image_size=56,
                patch_size=14, hidden_act="gelu", layer_norm_eps=1e-2,
            ),
            projection_dim=28, reduce_dim=18, decoder_num_attention_heads=3,
            decoder_intermediate_size=50,
            extract_layers=[0, 2], conditional_layer=1, use_complex_transposed_convolution=True,
        ),
        preprocessor=preprocessor(square(64), image_mean=[0.4, 0.5, 0.6], image_std=[0.5,
        0.25, 0.3]),
        dtype=torch.bfloat16, feed=64, non_square=(28, 71), prompt_side=56,
    ),
}  # fmt: skip

# Prompts of different length; id 2 is in one of them, where the old pooling must not stop at it.
PROMPTS = [
    [START, 77, 301, 520, END],
    [START, 2, 410, 33, 555, 12, 498, 2, END],
    [START, 530, END],
]

# Written out, for training a BPE breaks ties differently from run to run.
MERGES = (
    """
t h, th e</w>, i n, a n, o n</w>, o f</w>, a t</w>, r e, s t, a r, e r, o u, c h, p h, ph o,
t o</w>, pho to</w>, c at</w>, d o, do g</w>, e d</w>, re d</w>, c i, r c, ci rc, l e</w>,
circ le</w>, g re, e n</w>, gre en</w>, b l, u e</w>, bl ue</w>, a r</w>, st ar</w>, ch a, i r</w>,
cha ir</w>, s q, u ar, sq uar, squar e</w>, a n</w>, i n</w>, e r</w>, i s</w>
""".replace("\n", " ")
    .strip()
    .split(", ")
)

PREPROCESSORS = {
    "bilinear": preprocessor(square(40)),
    "bicubic": preprocessor(dict(height=40, width=56), resample=3),
    "integer-size": preprocessor(32, image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    "enlarging": preprocessor(
        dict(height=60, width=44), resample=3, image_mean=[0, 0.25, 1], image_std=[1, 2, 0.125]
    ),
    "not-normalised": preprocessor(square(24), do_normalize=False, rescale_factor=0.01),
}
PICTURES = {"37x53": (37, 53), "97x211": (97, 211), "64x48": (64, 48)}  # width, height


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_tokenizer(folder):
    """A byte-level BPE of 560 tokens in CLIP's layout.

    Bytes, bytes that end a word, merges, and the two special tokens.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [tuple(merge.split()) for merge in MERGES]
    tokens = alphabet + [byte + "</w>" for byte in alphabet]
    tokens += [left + right for left, right in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert len(set(tokens)) == VOCABULARY_SIZE
    vocabulary = {token: index for index, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *MERGES]) + "\n")


def random_pixels(count, height, width, generator):
    """Smooth random images with some noise, about as spread as normalised photographs."""
    coarse = torch.randn(count, 3, 6, 6, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")
    return (smooth + 0.2 * torch.randn(count, 3, height, width, generator=generator)).contiguous()


def text_features(model, prompts):
    """Each prompt by itself, so that no padding takes part."""
    return torch.cat(
        [model.clip.get_text_features(torch.tensor([ids])).pooler_output for ids in prompts]
    )


def vision_trace(model, pixel_values):
    output = model.clip.vision_model(pixel_values, output_hidden_states=True)
    trace = {"vision.embeddings": model.clip.vision_model.embeddings(pixel_values)}
    trace |= {f"vision.hidden_states.{i}": state for i, state in enumerate(output.hidden_states)}
    return trace


def text_trace(model, ids):
    output = model.clip.text_model(torch.tensor([ids]), output_hidden_states=True)
    trace = {f"text.hidden_states.{i}": state for i, state in enumerate(output.hidden_states)}
    trace["text.last_hidden_state"] = output.last_hidden_state
    return trace


def contrastive(clip, prompts, pixel_values, expected):
    """`CLIPSegModel.forward`: logits of all prompts, and the loss of as many prompts as images."""
    longest = max(map(len, prompts))
    ids = torch.tensor([row + [END] * (longest - len(row)) for row in prompts])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in prompts])
    output = clip(input_ids=ids, attention_mask=mask, pixel_values=pixel_values)
    for name in ("text_embeds", "image_embeds", "logits_per_image", "logits_per_text"):
        expected[name] = output[name]
    images = len(pixel_values)
    paired = clip(
        input_ids=ids[:images],
        attention_mask=mask[:images],
        pixel_values=pixel_values,
        return_loss=True,
    )
    expected["contrastive_loss"] = paired.loss[None]


def checkpoint_expectations(folder, entry, seed):
    """Every expected tensor of one checkpoint, by name."""
    model = reference.load_model(folder)
    generator = torch.Generator().manual_seed(seed)
    pixel_values = random_pixels(2, entry["feed"], entry["feed"], generator)
    first, second = pixel_values[:1], pixel_values[1:]
    features = text_features(model, PROMPTS)
    expected = {"pixel_values": pixel_values, "text_features": features}
    expected["image_features"] = model.clip.get_image_features(pixel_values).pooler_output
    expected["text.pooler_output"] = torch.cat(
        [model.clip.text_model(torch.tensor([ids])).pooler_output for ids in PROMPTS]
    )
    expected["vision.pooler_output"] = model.clip.vision_model(pixel_values).pooler_output
    expected |= vision_trace(model, first) | text_trace(model, PROMPTS[0])
    contrastive(model.clip, PROMPTS, pixel_values, expected)

    batch = first.expand(len(PROMPTS), -1, -1, -1)
    from_text = model(pixel_values=batch, conditional_embeddings=features).logits
    expected["text_prompts.logits"] = from_text
    # The same prompt through `input_ids`, as most users write it, must end in the same place.
    through_ids = model(pixel_values=first, input_ids=torch.tensor([PROMPTS[1]])).logits
    torch.testing.assert_close(through_ids[0], from_text[1], rtol=1e-4, atol=1e-4)
    expected["second_image.logits"] = model(
        pixel_values=second, conditional_embeddings=features[1:2]
    ).logits

    logits, trace = reference.segment(model, first, features)
    torch.testing.assert_close(logits, from_text, rtol=1e-4, atol=1e-4)
    expected |= {f"decoder.{name}": value[:1] for name, value in trace.items()}

    side = entry["prompt_side"]
    prompt = random_pixels(1, side, side, generator)
    by_image = model(pixel_values=first, conditional_pixel_values=prompt)
    expected["image_prompt.pixel_values"] = prompt
    expected["image_prompt.conditional_embeddings"] = by_image.conditional_embeddings
    expected["image_prompt.logits"] = by_image.logits

    custom = torch.randn(1, model.config.projection_dim, generator=generator)
    expected["custom_embedding.conditional_embeddings"] = custom
    expected["custom_embedding.logits"] = model(
        pixel_values=first, conditional_embeddings=custom
    ).logits

    rectangle = random_pixels(1, *entry["non_square"], generator)
    expected["non_square.pixel_values"] = rectangle
    expected["non_square.image_features"] = model.clip.get_image_features(rectangle).pooler_output
    expected["non_square.logits"] = reference.segment(model, rectangle, features[:2])[0]

    labels = (from_text[:1].roll(7, dims=2) > from_text[:1].median()).float()
    labelled = model(pixel_values=first, conditional_embeddings=features[:1], labels=labels)
    expected["segmentation_loss.labels"] = labels
    expected["segmentation_loss"] = labelled.loss[None]
    return expected


def save_tensors(path, tensors):
    save_file(
        {name: value.detach().float().contiguous().clone() for name, value in tensors.items()}, path
    )


def write_checkpoints():
    for seed, (name, entry) in enumerate(CHECKPOINTS.items(), start=1):
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        reference.write_checkpoint(
            folder,
            entry["config"],
            entry["preprocessor"],
            seed,
            entry["dtype"],
            shard_size=entry.get("shard_size", "5GB"),
            legacy_position_ids=entry.get("legacy_position_ids", False),
        )
        if name == "complex":
            write_tokenizer(folder)
        expected = checkpoint_expectations(folder, entry, 100 + seed)
        save_tensors(folder / "expected.safetensors", expected)
        write_json(folder / "cases.json", {"input_ids": PROMPTS})
        report(name, expected)


def report(name, expected):
    """Prints what shows whether a fixture is a good one: logits vary, in space and by prompt."""
    logits = expected["text_prompts.logits"]
    between = (logits[0] - logits[1]).std()
    print(
        f"{name}: std {logits.std():.2f}, mean {logits.mean():.2f}, between prompts {between:.2f}"
    )


def draw_picture(width, height, generator):
    """A gradient, two discs and a fine chequerboard, which antialiasing must average."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack(
        [x * 255 / width, y * 255 / height, 255 - (x + y) * 255 / (width + height)], axis=-1
    )
    for _ in range(2):
        centre_x, centre_y = generator.uniform(0, width), generator.uniform(0, height)
        inside = np.hypot(x - centre_x, y - centre_y) < min(width, height) * 0.3
        picture[inside] = generator.uniform(0, 255, 3)
    corner = (slice(0, height // 3), slice(width // 2, width))
    picture[corner] = ((x + y) % 2 * 255)[corner][..., None]
    return Image.fromarray(picture.astype(np.uint8))


def write_processor_fixtures():
    """Pictures, and the pixel values that each preprocessor makes of them."""
    folder = HERE / "processor"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    generator = np.random.default_rng(5)
    pictures = {name: draw_picture(*size, generator) for name, size in PICTURES.items()}
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png", optimize=True)
    expected = {}
    for name, settings in PREPROCESSORS.items():
        write_json(folder / f"{name}.json", settings)
        processor = ViTImageProcessorPil(**settings)
        for picture_name, picture in pictures.items():
            expected[f"{name}.{picture_name}"] = processor(
                picture, return_tensors="pt"
            ).pixel_values[0]
    check_visual_prompt(pictures)
    save_tensors(folder / "expected.safetensors", expected)


def check_visual_prompt(pictures):
    """A visual prompt takes the very same steps as an image, so the fixtures hold it once."""
    image_processor = ViTImageProcessorPil(**PREPROCESSORS["bilinear"])
    processor = CLIPSegProcessor(image_processor, CLIPTokenizer.from_pretrained(HERE / "complex"))
    image, prompt = pictures["37x53"], pictures["97x211"]
    both = processor(images=image, visual_prompt=prompt, return_tensors="pt")
    assert set(both) == {"pixel_values", "conditional_pixel_values"}
    assert torch.equal(
        both["pixel_values"], image_processor(image, return_tensors="pt").pixel_values
    )
    assert torch.equal(
        both["conditional_pixel_values"], image_processor(prompt, return_tensors="pt").pixel_values
    )


def write_position_embeddings():
    """Position embeddings of a 7×7 grid on other grids, by the reference's own interpolation."""
    config = CLIPSegVisionConfig(image_size=28, patch_size=4, hidden_size=4, num_attention_heads=1)
    embeddings = CLIPSegVisionEmbeddings(config)
    source = torch.randn(50, 4, generator=torch.Generator().manual_seed(9))
    embeddings.position_embedding.weight.data.copy_(source)
    tensors = {"source": source}
    for rows, columns in [(7, 7), (22, 22), (14, 14), (3, 3), (5, 9), (9, 5), (1, 4), (8, 7)]:
        patches = torch.zeros(1, 1 + rows * columns, 4)
        interpolated = embeddings.interpolate_pos_encoding(patches, rows * 4, columns * 4)
        tensors[f"grid.{rows}x{columns}"] = interpolated[0]
    save_tensors(HERE / "position_embeddings.safetensors", tensors)


TOWER_KEYS = [
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "hidden_act",
    "layer_norm_eps",
]
TEXT_KEYS = TOWER_KEYS + [
    "vocab_size",
    "max_position_embeddings",
    "pad_token_id",
    "bos_token_id",
    "eos_token_id",
]
VISION_KEYS = TOWER_KEYS + ["num_channels", "image_size", "patch_size"]
TOP_KEYS = [
    "projection_dim",
    "logit_scale_init_value",
    "extract_layers",
    "reduce_dim",
    "decoder_num_attention_heads",
    "decoder_hidden_act",
    "decoder_intermediate_size",
    "conditional_layer",
    "use_complex_transposed_convolution",
]

CONFIGS = {
    "every key missing": {"model_type": "clipseg"},
    "the sub-configs null": {
        "model_type": "clipseg",
        "text_config": None,
        "vision_config": None,
        "text_config_dict": None,
        "vision_config_dict": None,
    },
    "a few keys": {
        "model_type": "clipseg",
        "reduce_dim": 16,
        "text_config": {"hidden_size": 256},
        "vision_config": {"patch_size": 16, "hidden_act": "gelu"},
    },
    "keys of old versions, ignored": {
        "model_type": "clipseg",
        "decoder_attention_dropout": 0.0,
        "initializer_factor": 1.0,
        "torch_dtype": "float32",
        "transformers_version": None,
        "use_complex_transposed_convolution": True,
        "text_config": {
            "add_cross_attention": False,
            "bos_token_id": 0,
            "eos_token_id": 2,
            "dropout": 0.0,
            "id2label": {"0": "LABEL_0", "1": "LABEL_1"},
            "torchscript": False,
        },
        "vision_config": {"dropout": 0.0, "patch_size": 16, "prefix": None, "typical_p": 1.0},
    },
    # What `*_config_dict` leaves out becomes the default, even if `*_config` says otherwise.
    "config_dict overrides config": {
        "model_type": "clipseg",
        "projection_dim": 128,
        "text_config": {"hidden_size": 256, "num_attention_heads": 4, "eos_token_id": 7},
        "text_config_dict": {"hidden_size": 128, "num_hidden_layers": 3},
        "vision_config": {"patch_size": 8, "image_size": 96},
        "vision_config_dict": {"patch_size": 16, "hidden_act": "gelu"},
    },
    "config_dict alone": {
        "model_type": "clipseg",
        "text_config_dict": {"vocab_size": 1000},
        "vision_config_dict": {"hidden_size": 192, "num_attention_heads": 3},
    },
}
PREPROCESSOR_CONFIGS = {
    "every key missing": {},
    "integer size": {
        "size": 352,
        "resample": 2,
        "feature_extractor_type": "ViTFeatureExtractor",
        **IMAGENET,
    },
    "height and width": {
        "size": {"height": 352, "width": 320},
        "resample": 3,
        "image_std": [0.25, 0.25, 0.25],
    },
    "size as a list": {"size": [300, 400]},
    "steps off": {"do_resize": False, "do_normalize": False, "rescale_factor": 0.01, "size": 64},
}


def write_config_fixtures():
    """Old and sparse configurations, and the values that transformers resolves them to."""
    cases = []
    for name, settings in CONFIGS.items():
        config = CLIPSegConfig.from_dict(json.loads(json.dumps(settings)))
        resolved = {key: getattr(config, key) for key in TOP_KEYS}
        resolved["text_config"] = {key: getattr(config.text_config, key) for key in TEXT_KEYS}
        resolved["vision_config"] = {key: getattr(config.vision_config, key) for key in VISION_KEYS}
        cases.append({"name": name, "config": settings, "resolved": resolved})
    processors = []
    keys = [
        "do_resize",
        "do_rescale",
        "do_normalize",
        "resample",
        "rescale_factor",
        "size",
        "image_mean",
        "image_std",
    ]
    for name, settings in PREPROCESSOR_CONFIGS.items():
        resolved = ViTImageProcessorPil.from_dict(dict(settings)).to_dict()
        processors.append(
            {"name": name, "config": settings, "resolved": {key: resolved[key] for key in keys}}
        )
    write_json(HERE / "configs.json", {"config": cases, "preprocessor_config": processors})


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    write_checkpoints()
    write_processor_fixtures()
    write_position_embeddings()
    write_config_fixtures()
