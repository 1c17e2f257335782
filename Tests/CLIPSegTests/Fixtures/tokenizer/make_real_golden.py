"""Makes the golden tables for CLIP's own vocabulary of 49,408 tokens, which is too large to commit.

    python make_real_golden.py FOLDER

It builds vocab.json and merges.txt in FOLDER from the merges file that the open_clip_torch package carries, then writes
the golden tables beside them. The packages go into a virtual environment inside FOLDER. Afterwards run the tests with
CLIPSEG_REAL_TOKENIZER=FOLDER.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import venv
import zipfile

HERE = pathlib.Path(__file__).parent
MERGE_COUNT = 49152 - 256 - 2


def byte_characters():
    """GPT-2's spelling of the 256 bytes, in the vocabulary's order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [chr(byte) for byte in printable] + [chr(0x100 + index) for index in range(256 - len(printable))]


def write_vocabulary(folder, compressed_merges):
    merges = gzip.decompress(compressed_merges).decode("utf-8").split("\n")[1 : MERGE_COUNT + 1]
    characters = byte_characters()
    tokens = characters + [character + "</w>" for character in characters]
    tokens += ["".join(merge.split()) for merge in merges] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    environment = folder / "venv"
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "transformers"], check=True)
    subprocess.run(
        [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "open_clip_torch"], check=True
    )
    wheel = next(folder.glob("open_clip_torch-*.whl"))
    write_vocabulary(folder, zipfile.ZipFile(wheel).read("open_clip/bpe_simple_vocab_16e6.txt.gz"))
    subprocess.run([python, HERE / "make_golden.py", folder], check=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
