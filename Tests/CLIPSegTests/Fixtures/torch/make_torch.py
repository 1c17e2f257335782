"""Writes the fixtures of TorchStateDictTests and TorchCheckpointTests: files of PyTorch's own making.

    python make_torch.py

Needs torch and safetensors (see ../../../Parity/requirements.txt) and the checkpoints beside this
folder. README.md in the folder above describes what is written.
"""

import base64
import builtins
import collections
import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import torch
from safetensors.torch import load_file

HERE = Path(__file__).resolve().parent


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def state_dict():
    """Tensors of every kind of storage and layout that a state dict may have."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8 - 1
    return collections.OrderedDict(
        {
            "f32": base,
            "f16": (base[0] * 3).half(),
            "bf16": (base[1] * 5).bfloat16(),
            "shared": base[1:3],
            "transposed": base.t(),
            "column": base[:, 2],
            "stepped": base[::2, 1::2],
            "permuted": base.reshape(2, 3, 4).permute(2, 0, 1),
            "parameter": torch.nn.Parameter(base[0, :2].clone()),
            "scalar": torch.tensor(2.5),
            "empty": torch.zeros(0, 7),
            "i64": torch.arange(3),
            "f64": torch.ones(2, dtype=torch.float64),
        }
    )


def write_formats():
    tensors = state_dict()
    (HERE / "tensors.pth").write_bytes(saved(tensors))
    (HERE / "plain-dictionary.pth").write_bytes(saved(dict(tensors)))
    expected = {
        name: {"shape": list(tensor.shape), "values": tensor.detach().float().flatten().tolist()}
        for name, tensor in tensors.items()
        if name not in ("i64", "f64")
    }
    (HERE / "tensors.json").write_text(json.dumps(expected) + "\n")


def write_checkpoints():
    """As versions 4 of transformers wrote them: the state dict, in one file and in several."""
    weights = load_file(HERE.parent / "simple" / "model.safetensors")
    torch.save(weights, HERE / "simple.bin")
    shards = HERE.parent / "sharded"
    for path in sorted(shards.glob("*.safetensors")):
        if path.name.startswith("model-"):
            name = path.name.replace("model-", "pytorch_model-").replace(".safetensors", ".bin")
            torch.save(load_file(path), HERE / name)
    index = (shards / "model.safetensors.index.json").read_text()
    index = index.replace("model-", "pytorch_model-").replace(".safetensors", ".bin")
    (HERE / "pytorch_model.bin.index.json").write_text(index)


class Call:
    """What a pickle makes Python call when it is loaded."""

    def __init__(self, function, *arguments):
        self.reduced = (function, arguments)

    def __reduce__(self):
        return self.reduced


def archive(data, *, name="archive", records=(), **options):
    """A ZIP archive as torch.save lays it out, with this pickle."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as file:
        file.writestr(f"{name}/data.pkl", data)
        for record, content in records:
            file.writestr(record, content)
    return buffer.getvalue()


def pickled(value, protocol=2):
    return pickle.dumps(value, protocol=protocol)


def tensor(shape, strides, offset=0, count=4, key=b"0", kind=b"FloatStorage"):
    """Instructions that make a tensor."""

    def integer(number):
        if number < 0 or number >= 1 << 31:
            data = number.to_bytes(8, "little", signed=True)
            return b"\x8a\x08" + data
        return b"J" + number.to_bytes(4, "little")

    def text(value):
        return b"X" + len(value).to_bytes(4, "little") + value

    def numbers(values):
        return b"(" + b"".join(integer(value) for value in values) + b"t"

    storage = b"(" + text(b"storage") + b"ctorch\n" + kind + b"\n" + text(key) + text(b"cpu") + integer(count) + b"tQ"
    hooks = b"ccollections\nOrderedDict\n)R"
    arguments = storage + integer(offset) + numbers(shape) + numbers(strides) + b"\x89" + hooks
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + arguments + b"tR"


def dictionary(*items):
    body = b"".join(b"X" + len(name).to_bytes(4, "little") + name + value for name, value in items)
    return b"\x80\x02}(" + body + b"u."


NUMBERS = [("archive/data/0", bytes(16))]


def one(*arguments, **options):
    """An archive of one tensor over a storage of four zeros."""
    return archive(dictionary((b"a", tensor(*arguments, **options))), records=NUMBERS)


def damaged(file, offset, content):
    return file[:offset] + content + file[offset + len(content) :]


def hostile():
    """Files that must be refused, each with words that the error must have."""
    system = Call(os.system, "true")
    yield "calls os.system", archive(pickled({"a": system})), ["posix.system"]
    yield "calls builtins.eval", archive(pickled({"a": Call(builtins.eval, "1")}, 2)), ["eval"]
    yield "gets an attribute", archive(pickled({"a": Call(getattr, "a", "b")})), ["getattr"]
    yield "calls inside a call", archive(pickled({"a": Call(print, Call(os.system, "true"))})), ["print"]
    yield "imports subprocess", archive(b"\x80\x02csubprocess\nPopen\n."), ["subprocess.Popen"]
    yield "names another function of torch", archive(b"\x80\x02ctorch\nload\n."), ["torch.load"]
    yield "names torch by a longer path", archive(b"\x80\x02ctorch._utils\nos.system\n."), ["os.system"]
    yield "makes an object", archive(b"\x80\x02ccollections\nOrderedDict\n)\x81."), ["0x81"]
    yield "calls a tensor", archive(dictionary((b"a", tensor([4], [1]) + b")R")), records=NUMBERS), ["no function"]
    yield "calls OrderedDict with arguments", archive(b"\x80\x02ccollections\nOrderedDict\n(K\x01tR."), ["arguments"]
    yield "is of protocol 4", archive(pickled({"a": 1}, 4)), ["protocol 4"]
    yield "sets attributes of a tuple", archive(b"\x80\x02)}b."), ["attributes"]
    yield "is a whole model", saved(torch.nn.Linear(2, 2)), ["torch.nn.modules.linear.Linear"]
    yield "is a list of tensors", saved([torch.zeros(2)]), ["0x5d"]
    yield "is one tensor", saved(torch.zeros(2)), ["no state dict"]
    yield "has no tensors", saved({}), ["no tensors"]
    yield "is of before 1.6", saved({"a": torch.zeros(2)}, _use_new_zipfile_serialization=False), ["before 1.6"]
    yield "is TorchScript", archive(pickled({}), records=[("archive/constants.pkl", b"x")]), ["TorchScript"]
    yield "begins with the high byte", archive(pickled({}), records=[("archive/byteorder", b"big")]), ["high byte"]

    yield "recalls what it never remembered", archive(b"\x80\x02h\x05."), ["remembered"]
    yield "takes from an empty stack", archive(b"\x80\x02\x87."), ["takes more"]
    yield "takes from below a mark", archive(b"\x80\x02K\x01(\x85t."), ["takes more"]
    yield "closes a tuple without a mark", archive(b"\x80\x02K\x01t."), ["takes more"]
    yield "has no end", archive(b"\x80\x02}"), ["cut short"]
    yield "has a name without an end", archive(b"\x80\x02cos"), ["without an end"]
    yield "has a name of 4 GB", archive(b"\x80\x02X\xff\xff\xff\xff."), ["4294967295"]
    yield "has a name that is not ASCII", archive(dictionary(("ä".encode(), tensor([4], [1]))), records=NUMBERS), ["ASCII"]
    yield "has a number of 255 bytes", archive(b"\x80\x02\x8a\xff" + bytes(255) + b"."), ["64 bits"]
    yield "nests tuples deeply", archive(b"\x80\x02)" + b"\x85" * 9 + b"."), ["deeper"]
    yield "doubles a tuple again and again", archive(b"\x80\x02)" + b"q\x00h\x00\x86" * 9 + b"."), ["deeper"]
    yield "has a tensor twice", archive(
        dictionary((b"a", tensor([4], [1])), (b"a", tensor([4], [1]))), records=NUMBERS
    ), ["two tensors a"]
    yield "has a key that is a number", archive(b"\x80\x02}K\x01K\x02s."), ["not text"]

    for name, arguments in {
        "reaches beyond its storage": ([5], [1]),
        "begins beyond its storage": ([1], [1], 4),
        "begins before its storage": ([1], [1], -1),
        "goes backwards": ([2], [-1], 1),
        "steps beyond its storage": ([2, 2], [3, 1]),
        "has a negative size": ([-1], [1]),
        "has more numbers than fit 64 bits": ([1 << 40, 1 << 40], [1, 1]),
        "has strides that overflow": ([3, 3], [(1 << 62) + 1, (1 << 62) + 1]),
        "has an offset that overflows": ([2], [1], (1 << 63) - 1),
    }.items():
        yield name, one(*arguments), ["tensor a"]
    yield "repeats a number", one([1 << 33], [0]), ["stand for several"]
    yield "has other strides than sizes", one([4], []), ["shape and strides"]
    yield "has a hundred dimensions", one([1] * 100, [1] * 100), ["shape and strides"]
    yield "claims a longer storage", one([4], [1], count=5), ["record has 16 bytes"]
    yield "claims a storage of more than 64 bits", one([4], [1], count=(1 << 63) - 1), ["record has 16 bytes"]
    yield "claims a storage of another type", one([4], [1], kind=b"DoubleStorage"), ["record has 16 bytes"]
    yield "has an unknown storage", one([4], [1], kind=b"QInt8Storage"), ["torch.QInt8Storage"]
    yield "looks for a storage that is not there", one([4], [1], key=b"1"), ["not there"]
    yield "looks for a storage elsewhere", one([4], [1], key=b"../data.pkl"), ["not there"]

    good = saved({"a": torch.zeros(4)})
    directory = good.index(b"PK\x01\x02")
    yield "is cut before its end", good[:-1], ["ZIP archive"]
    yield "goes on after its end", good + b"\0", ["ZIP archive"]
    yield "is cut in the middle", good[: len(good) // 2], ["ZIP archive"]
    yield "is empty but for its end", good[-22:], ["directory"]
    yield "has compressed records", archive(pickled({"a": 1}), compression=zipfile.ZIP_DEFLATED), ["compressed"]
    yield "has encrypted records", damaged(good, directory + 8, b"\x01"), ["encrypted"]
    yield "has a record beyond its end", damaged(good, directory + 20, b"\xff\xff\xff\x7f" * 2), ["outside"]
    yield "has a header elsewhere", damaged(good, directory + 42, b"\xff\xff\xff\x7f"), ["directory says"]
    yield "has a record of 4 GB without its length", damaged(good, directory + 20, b"\xff\xff\xff\xff" * 2), ["impossible"]
    yield "has a name that differs", damaged(good, good.index(b"data.pkl"), b"DATA"), ["differs"]
    yield "has a directory that begins elsewhere", damaged(good, len(good) - 22 - 20 - 56 + 48, b"\x01"), ["directory"]
    yield "has a directory of 2^64 bytes", damaged(good, len(good) - 22 - 20 - 56 + 40, b"\xff" * 16), ["directory"]
    yield "has 2^64 records", damaged(good, len(good) - 22 - 20 - 56 + 32, b"\xff" * 8), ["sensible"]
    yield "has fewer records than its directory", damaged(good, len(good) - 22 - 20 - 56 + 32, b"\x01"), ["length"]
    yield "has records that overlap", overlapping(), ["overlap"]
    twice = archive(pickled({}), records=[("archive/data/0", b"a"), ("archive/data/1", b"b")])
    yield "has two records of one name", twice.replace(b"data/1", b"data/0"), ["one name"]
    yield "has two folders", archive(pickled({}), records=[("other/data/0", b"a")]), ["one folder"]
    yield "has a record outside a folder", archive(pickled({}), records=[("x", b"a")]), ["one folder"]


def overlapping():
    """A record whose content is the record after it."""
    file = archive(dictionary((b"a", tensor([4], [1]))), records=[*NUMBERS, ("archive/data/1", bytes(16))])
    entry = file.index(b"PK\x01\x02", file.index(b"PK\x01\x02") + 1)
    return damaged(file, entry + 20, (64).to_bytes(4, "little") * 2)


def main():
    write_formats()
    write_checkpoints()
    cases = []
    for name, file, words in hostile():
        cases.append({"name": name, "file": base64.b64encode(file).decode(), "words": words})
    (HERE / "hostile.json").write_text(json.dumps(cases, indent=0) + "\n")
    print(len(cases), "hostile files")


if __name__ == "__main__":
    main()
