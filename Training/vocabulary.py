"""The demo model's tokenizer: a byte-level BPE in CLIP's file layout, trained on its prompts."""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from words import COLORS, OBJECTS, SHAPES, TEXTURES

END_OF_WORD = "</w>"
PHRASES = [
    "{}", "a {}", "the {}", "a photo of a {}", "a picture of the {}", "an image of {}", "{}s",
    "something {}", "{} shape", "{} thing", "geometric shape", "find the {}", "all {}",
]  # fmt: skip

# As CLIP splits text: contractions, runs of letters, single digits, runs of anything else.
WORDS = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def prompt_corpus():
    names = list(OBJECTS)
    names += [f"{color} {shape}" for color in COLORS for shape in SHAPES]
    names += [f"{texture} {shape}" for texture in TEXTURES for shape in SHAPES]
    return [phrase.format(name) for phrase in PHRASES for name in names]


def train_merges(alphabet):
    """Merges in the order they are to be applied."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix=END_OF_WORD, unk_token="<|endoftext|>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(WORDS, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=1024,
        initial_alphabet=alphabet,
        end_of_word_suffix=END_OF_WORD,
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator(prompt_corpus(), trainer)
    return json.loads(tokenizer.to_str())["model"]["merges"]


def write_vocabulary(folder):
    """Writes `vocab.json` and `merges.txt`; returns the number of tokens.

    In CLIP's order: bytes, bytes that end a word, merges, the two special tokens. Training breaks
    ties between equally frequent pairs differently from run to run, so merges may come out in
    another order than in the demo checkpoint, which is as good a vocabulary but not the same one.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = train_merges(alphabet)
    tokens = alphabet + [byte + END_OF_WORD for byte in alphabet]
    tokens += [left + right for left, right in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    lines = ["#version: 0.2"] + [f"{left} {right}" for left, right in merges]
    folder = Path(folder)
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    return len(vocabulary)
