"""Writes the golden tables of the tokenizer tests with the reference, transformers' CLIPTokenizer.

    pip install transformers
    python make_golden.py [FOLDER]

FOLDER holds vocab.json and merges.txt and gets golden.jsonl, decode.jsonl and sweep.json; by default the folder of this
script, which also gets the checkpoint variants (variants.jsonl, tokenizer.json).
"""

import json
import pathlib
import random
import shutil
import sys
import tempfile

from transformers import CLIPTokenizer

from golden_texts import END, START, digest, sweep_texts, texts

HERE = pathlib.Path(__file__).parent
SWEEP_STEP = 4096


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))


def write_tables(folder, random_count):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    write_lines(folder / "golden.jsonl", [[text, tokenizer(text)["input_ids"]] for text in texts(random_count)])

    generator = random.Random(7)
    sequences = [[generator.randrange(len(tokenizer) + 3) for _ in range(generator.randint(0, 8))] for _ in range(200)]
    # Single bytes, so that the bytes spell broken UTF-8 of all kinds.
    sequences += [[generator.randrange(512) for _ in range(generator.randint(1, 8))] for _ in range(200)]
    sequences += [tokenizer(text)["input_ids"] for text in texts(0)[::12]]
    write_lines(
        folder / "decode.jsonl",
        [[ids, tokenizer.decode(ids), tokenizer.decode(ids, skip_special_tokens=True)] for ids in sequences],
    )

    sweep = [
        digest(tokenizer(list(sweep_texts(first, first + SWEEP_STEP)))["input_ids"])
        for first in range(0, 0x110000, SWEEP_STEP)
    ]
    (folder / "sweep.json").write_text(json.dumps(sweep, indent=0) + "\n")


def token(content, special=True, normalized=False, single_word=False, lstrip=False, rstrip=False):
    return dict(
        content=content, single_word=single_word, lstrip=lstrip, rstrip=rstrip, normalized=normalized, special=special
    )


def named(content):
    """A token as old releases wrote it in special_tokens_map.json."""
    return {key: value for key, value in token(content, normalized=True).items() if key != "special"}


def configured(content):
    return named(content) | {"__type": "AddedToken"}


def declared(*tokens, first_id=1220):
    return [{"id": first_id + index} | token for index, token in enumerate(tokens)]


def as_decoder(tokens):
    """Declared tokens as they stand in tokenizer_config.json."""
    return {"added_tokens_decoder": {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in tokens}}


def variants():
    """Name, tokenizer_config.json, special_tokens_map.json, added_tokens of tokenizer.json; None where absent."""
    roles = ["bos_token", "eos_token", "unk_token"]
    contents = [START, END, END]
    old_map = {role: named(content) for role, content in zip(roles, contents)} | {"pad_token": END}
    old_config = {role: configured(content) for role, content in zip(roles, contents)} | {"pad_token": END}
    plain = declared(token(START), token(END))
    normalized = declared(token(START, normalized=True), token(END, normalized=True))
    stripping = dict(lstrip=True, rstrip=True)
    return [
        ("vocabulary and merges alone", None, None, None),
        ("the old special tokens map", None, old_map, None),
        ("the old configuration", old_config, None, None),
        ("both", old_config, old_map, None),
        ("strings in the map", None, {"bos_token": START, "eos_token": END, "pad_token": "!"}, None),
        (
            "extra special tokens",
            {"additional_special_tokens": ["photo", "New Token"], "extra_special_tokens": {}},
            None,
            None,
        ),
        ("declared in the configuration", as_decoder(normalized), None, None),
        (
            "padding with an exclamation mark",
            as_decoder(declared(token("!"), first_id=0) + normalized) | {"pad_token": "!"},
            None,
            None,
        ),
        ("tokenizer.json with plain tokens", None, None, plain),
        ("tokenizer.json with normalized tokens", None, None, normalized),
        ("tokenizer.json, plain, and the old configuration", old_config, old_map, plain),
        ("tokenizer.json without added tokens", None, None, []),
        (
            "tokenizer.json with stripping tokens",
            None,
            None,
            declared(token(START, **stripping), token(END, **stripping)),
        ),
        (
            "tokenizer.json with normalized stripping tokens",
            None,
            None,
            declared(token(START, normalized=True, **stripping), token(END, normalized=True, **stripping)),
        ),
        (
            "tokenizer.json with single words",
            None,
            None,
            plain
            + declared(
                token("Foo Bar", special=False, normalized=True, single_word=True),
                token("foo", special=False, single_word=True, lstrip=True),
                token("ÀB", special=False, normalized=True, rstrip=True),
                first_id=1222,
            ),
        ),
        ("configuration against tokenizer.json", as_decoder(plain), None, normalized),
    ]


VARIANT_TEXTS = [
    "a photo of a cat!",
    f"a {END} b",
    f"a  {END}  b {START}{END}",
    "a <|ENDOFTEXT|> b",
    "  <|StartOfText|>  x<|ENDOFTEXT|>!",
    "wow! wow!!",
    "photo photograph newphoto",
    "a New Token, a new token",
    "foo bar",
    "Foo Bar",
    "FOO\u3000 BAR!",
    "foo barn",
    "xfoo bar",
    "foo",
    " foo ",
    "foo\u0301",
    "foo_",
    "foo foo  foo",
    "é foo é",
    "a\u0300b àb ÀB A\u0300B  c",
    f"a\u00a0{END}\u00a0b",
    f"\x1c{END}\x1c",
    "foo\u200d",
    "foo\u0660",
]


def write_variants(folder):
    plain = CLIPTokenizer.from_pretrained(folder)
    plain.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    saved = json.loads((folder / "tokenizer.json").read_text())
    rows = []
    for name, config, special_map, added in variants():
        with tempfile.TemporaryDirectory() as checkpoint:
            checkpoint = pathlib.Path(checkpoint)
            for file in ("vocab.json", "merges.txt"):
                shutil.copy(folder / file, checkpoint)
            files = {"tokenizer_config.json": config, "special_tokens_map.json": special_map}
            files["tokenizer.json"] = None if added is None else saved | {"added_tokens": added}
            for file, content in files.items():
                if content is not None:
                    (checkpoint / file).write_text(json.dumps(content))
            tokenizer = CLIPTokenizer.from_pretrained(checkpoint)
        encoded = [tokenizer(text)["input_ids"] for text in VARIANT_TEXTS]
        rows.append(
            dict(
                name=name,
                config=json.dumps(config),
                map=json.dumps(special_map),
                added=json.dumps(added),
                size=len(tokenizer),
                texts=VARIANT_TEXTS,
                ids=encoded,
                decoded=[tokenizer.decode(ids) for ids in encoded],
                decodedWithoutSpecial=[tokenizer.decode(ids, skip_special_tokens=True) for ids in encoded],
            )
        )
    write_lines(folder / "variants.jsonl", rows)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_tables(pathlib.Path(sys.argv[1]), random_count=20000)
    else:
        write_tables(HERE, random_count=1300)
        write_variants(HERE)
