"""The same model in transformers' layout: its own classes, filled part by part from `original`.

Every parameter is set, which is checked; the result is only as right as these pairs, and so the
logits of both are compared wherever it is used.
"""

import torch


def clip_pairs(model, clip):
    """Parameters of a `CLIPModel` or a `CLIPSegModel`, each with its value."""
    vision, text = model.vision_model, model.text_model
    yield vision.embeddings.class_embedding, clip.visual.class_embedding
    yield vision.embeddings.patch_embedding.weight, clip.visual.conv1.weight
    yield vision.embeddings.position_embedding.weight, clip.visual.positional_embedding
    yield model.visual_projection.weight, clip.visual.proj.T
    yield text.embeddings.token_embedding.weight, clip.token_embedding.weight
    yield text.embeddings.position_embedding.weight, clip.positional_embedding
    yield model.text_projection.weight, clip.text_projection.T
    yield model.logit_scale, clip.logit_scale
    yield from module(vision.pre_layrnorm, clip.visual.ln_pre)
    yield from module(vision.post_layernorm, clip.visual.ln_post)
    yield from module(text.final_layer_norm, clip.ln_final)
    for target, source in (
        *zip(vision.encoder.layers, clip.visual.transformer.resblocks, strict=True),
        *zip(text.encoder.layers, clip.transformer.resblocks, strict=True),
    ):
        yield from module(target.layer_norm1, source.ln_1)
        yield from module(target.layer_norm2, source.ln_2)
        yield from module(target.mlp.fc1, source.mlp.c_fc)
        yield from module(target.mlp.fc2, source.mlp.c_proj)
        yield from attention(target.self_attn, source.attn)


def decoder_pairs(target, source):
    """Parameters of a `CLIPSegDecoder`, each with its value."""
    yield from module(target.film_mul, source.film_mul)
    yield from module(target.film_add, source.film_add)
    for new, old in zip(target.reduces, source.reduces, strict=True):
        yield from module(new, old)
    for new, old in zip(target.layers, source.blocks, strict=True):
        yield from attention(new.self_attn, old.self_attn)
        yield from module(new.layer_norm1, old.norm1)
        yield from module(new.layer_norm2, old.norm2)
        yield from module(new.mlp.fc1, old.linear1)
        yield from module(new.mlp.fc2, old.linear2)
    yield from zip(
        target.transposed_convolution.parameters(), source.trans_conv.parameters(), strict=True
    )


def module(target, source):
    yield target.weight, source.weight
    yield target.bias, source.bias


def attention(target, source):
    yield from module(target.out_proj, source.out_proj)
    parts = (target.q_proj, target.k_proj, target.v_proj)
    weights, biases = source.in_proj_weight.chunk(3), source.in_proj_bias.chunk(3)
    for part, weight, bias in zip(parts, weights, biases, strict=True):
        yield part.weight, weight
        yield part.bias, bias


def fill(model, pairs):
    pairs = list(pairs)
    assert {id(target) for target, _ in pairs} == {id(parameter) for parameter in model.parameters()}
    with torch.no_grad():
        for target, value in pairs:
            target.copy_(value)
    return model.eval()


def clip_config(text, vision, **tokens):
    """What `CLIPConfig` and `CLIPSegConfig` take, for sizes as `original` has them."""
    return {
        "text_config": {
            "vocab_size": text["vocabulary"],
            "hidden_size": text["width"],
            "intermediate_size": text["intermediate"],
            "num_hidden_layers": text["layers"],
            "num_attention_heads": text["heads"],
            "max_position_embeddings": text["positions"],
            **tokens,
        },
        "vision_config": {
            "hidden_size": vision["width"],
            "intermediate_size": vision["intermediate"],
            "num_hidden_layers": vision["layers"],
            "num_attention_heads": vision["heads"],
            "image_size": vision["image"],
            "patch_size": vision["patch"],
        },
        "projection_dim": vision["projection"],
    }


def save_clip(model, folder):
    """As versions 4 of transformers saved it: pytorch_model.bin, with the position_ids of old ones."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    state = model.state_dict()
    for name, encoder in (("text_model", model.text_model), ("vision_model", model.vision_model)):
        state[f"{name}.embeddings.position_ids"] = encoder.embeddings.position_ids.clone()
    torch.save(state, folder / "pytorch_model.bin")
