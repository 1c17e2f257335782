"""CLIPSeg as its authors wrote it: OpenAI's CLIP and the decoder, of PyTorch's own layers.

The names of the parameters are those of the files that both publish (openai/CLIP, clip/model.py;
timojl/clipseg, models/clipseg.py); nothing is taken from transformers. Inference only.
"""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    """A layer of either encoder."""

    def __init__(self, width, heads, intermediate):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_1 = nn.LayerNorm(width)
        layers = [
            ("c_fc", nn.Linear(width, intermediate)),
            ("gelu", QuickGELU()),
            ("c_proj", nn.Linear(intermediate, width)),
        ]
        self.mlp = nn.Sequential(OrderedDict(layers))
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x, mask=None):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers, heads, intermediate):
        super().__init__()
        self.resblocks = nn.Sequential(*(Block(width, heads, intermediate) for _ in range(layers)))


class Vision(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes["width"]
        self.grid = sizes["image"] // sizes["patch"]
        self.conv1 = nn.Conv2d(3, width, sizes["patch"], sizes["patch"], bias=False)
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.positional_embedding = nn.Parameter(torch.empty(self.grid**2 + 1, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, sizes["layers"], sizes["heads"], sizes["intermediate"])
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(torch.empty(width, sizes["projection"]))

    def forward(self, pixels, extract_layers):
        """The hidden states after the layers asked for."""
        x = self.conv1(pixels)
        rows, columns = x.shape[2:]
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], dim=1)
        x = self.ln_pre(x + self.positions(rows, columns))
        activations = []
        for index, block in enumerate(self.transformer.resblocks):
            x = block(x)
            if index in extract_layers:
                activations.append(x)
        return activations

    def positions(self, rows, columns):
        own = self.positional_embedding[1:].T.unflatten(1, (self.grid, self.grid))[None]
        resized = functional.interpolate(own, (rows, columns), mode="bicubic", align_corners=False)
        return torch.cat([self.positional_embedding[:1], resized[0].flatten(1).T])


class CLIP(nn.Module):
    def __init__(self, text, vision):
        super().__init__()
        width = text["width"]
        self.visual = Vision(vision)
        self.transformer = Transformer(width, text["layers"], text["heads"], text["intermediate"])
        self.token_embedding = nn.Embedding(text["vocabulary"], width)
        self.positional_embedding = nn.Parameter(torch.empty(text["positions"], width))
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.empty(width, vision["projection"]))
        self.logit_scale = nn.Parameter(torch.tensor(math.log(100)))

    def encode_text(self, tokens):
        count = len(tokens)
        x = self.token_embedding(tokens) + self.positional_embedding[:count]
        mask = torch.full((count, count), -torch.inf).triu(1)
        x = x[None]
        for block in self.transformer.resblocks:
            x = block(x, mask)
        return self.ln_final(x)[0, tokens.argmax()] @ self.text_projection


class Decoder(nn.Module):
    """The authors' `CLIPDensePredT` without its CLIP; `reduce` is theirs too, and unused there."""

    def __init__(self, vision, reduce_dim, refined, intermediate=2048, depth=3):
        super().__init__()
        patch, width, projection = vision["patch"], vision["width"], vision["projection"]
        self.film_mul = nn.Linear(projection, reduce_dim)
        self.film_add = nn.Linear(projection, reduce_dim)
        self.reduce = nn.Linear(width, reduce_dim)
        self.reduces = nn.ModuleList(nn.Linear(width, reduce_dim) for _ in range(depth))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(reduce_dim, 4, intermediate, batch_first=True) for _ in range(depth)
        )
        if refined:
            self.trans_conv = nn.Sequential(
                nn.Conv2d(reduce_dim, reduce_dim, 3, padding=1),
                nn.ReLU(),
                nn.ConvTranspose2d(reduce_dim, reduce_dim // 2, patch // 4, patch // 4),
                nn.ReLU(),
                nn.ConvTranspose2d(reduce_dim // 2, 1, patch // 4, patch // 4),
            )
        else:
            self.trans_conv = nn.ConvTranspose2d(reduce_dim, 1, patch, patch)

    def forward(self, activations, condition):
        x = None
        for index, (activation, block, reduce) in enumerate(
            zip(reversed(activations), self.blocks, self.reduces, strict=True)
        ):
            x = reduce(activation) if x is None else reduce(activation) + x
            if index == 0:
                x = self.film_mul(condition) * x + self.film_add(condition)
            x = block(x)
        side = math.isqrt(x.shape[1] - 1)
        return self.trans_conv(x[:, 1:].transpose(1, 2).unflatten(2, (side, side)))[:, 0]


@torch.no_grad()
def segment(clip, decoder, pixels, prompts):
    """Logits of one square image, [prompts, height, width], for texts given as lists of tokens."""
    activations = clip.visual(pixels, (3, 6, 9))
    conditions = [clip.encode_text(torch.tensor(tokens)) for tokens in prompts]
    return torch.cat([decoder(activations, condition) for condition in conditions])


def randomise(model, seed):
    """Gives every parameter a random value, so that a forgotten or exchanged one shows."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = torch.randn(parameter.shape, generator=generator)
            is_norm = "ln_" in name or ".norm" in name
            if name.endswith("logit_scale"):
                parameter.fill_(2.3)
            elif parameter.dim() == 1:
                parameter.copy_(values * 0.25 + (1 if is_norm and name.endswith("weight") else 0))
            elif "embedding" in name:
                parameter.copy_(values * 0.6)
            elif name.endswith("proj") or name.endswith("text_projection") or "trans_conv" in name:
                parameter.copy_(values * 1.6 / math.sqrt(parameter.shape[0]))
            else:
                parameter.copy_(values / math.sqrt(parameter[0].numel()))
    return model.eval()
