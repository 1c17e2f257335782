#!/usr/bin/env python3
"""Writes the seeds that libFuzzer starts from, Fuzz/Seeds/<target>/: one file for each shape that the code tells apart.

PNG and JPEG files are those of the tests, Tests/ImagingTests/Fixtures/images.
"""

import io
import json
import shutil
import struct
import zipfile
from pathlib import Path

SEEDS = Path(__file__).parent / "Seeds"


def lines(*parts):
    return "\r\n".join(parts).encode()


def request_parser():
    host = "Host: h"
    yield lines("GET /livez HTTP/1.1", host, "", "")
    yield lines("GET / HTTP/1.0", "", "")
    yield lines("HEAD /a?b=c HTTP/1.0", "Connection: keep-alive", "", "")
    yield lines("OPTIONS * HTTP/1.1", host, "Connection: close", "", "")
    yield lines("GET http://h:80/a?b HTTP/1.1", "Host: [::1]:80", "", "")
    yield lines("POST / HTTP/1.1", host, "Content-Length: 3", "", "abc")
    yield lines("POST / HTTP/1.1", host, "Expect: 100-continue", "Content-Length: 3", "", "abc")
    yield lines("POST / HTTP/1.1", host, "Transfer-Encoding: chunked", "", "2;a=b", "xy", "0", "T: v", "", "")
    yield lines("POST / HTTP/1.1", host, "Transfer-Encoding: gzip, chunked", "", "0", "", "")
    yield lines("", "GET / HTTP/1.1", host, "", "GET /second HTTP/1.1", host, "", "")
    yield lines("PRI * HTTP/2.0", "", "SM", "", "")
    yield lines("GET / HTTP/1.1", "Host:\tex\xe4mple ", "", "")
    yield lines("GET / HTTP/1.1", host, " folded: x", "", "")
    yield b"GET / HTTP/1.1\nHost: h\n\n"


def chunked_body():
    yield lines("5", "hello", "0", "", "")
    yield lines("1;name", "a", "A;n=v;m = \"q\\\"d\"", "0123456789", "0", "Trailer: t", "", "")
    yield lines("000000000000001", "x", "0", "", "next")
    yield lines("FFFFFFFFFFFFFFF", "")
    yield b"1\nx\n0\n\n"


def connection():
    """A byte that says whether heads are inspected and memory is short, then events, of one byte: their kind in the low three bits, their
    argument above them."""
    blind, inspecting = b"\0", b"\1"
    line, respond, respond_long, send, wait, end, stop = 2, 3, 2 << 3 | 3, 31 << 3 | 4, 10 << 3 | 5, 6, 1 << 3 | 7

    def request(*lines):
        return b"".join(bytes([line]) + text.encode() + b"\n" for text in (*lines, ""))

    def body(text):
        return bytes([len(text) // 8 << 3 | 0]) + text.encode()

    get = request("GET / HTTP/1.1", "Host: h")
    yield blind + get + bytes([respond, send, send]) + get + bytes([respond, send, send, end])
    yield blind + get[:-2] + bytes([wait, wait, send])
    post = request("POST / HTTP/1.1", "Host: h", "Expect: 100-continue", "Content-Length: 8")
    yield blind + post + bytes([send]) + body("12345678") + bytes([respond, stop, send, send])
    yield blind + bytes([31 << 3 | 0]) + b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 8 + bytes([respond, send] * 2 + [respond_long] + [send] * 5)
    yield blind + request("GET / HTTP/1.0") + bytes([respond, send, line]) + b"more\n" + bytes([wait])
    yield blind + request("nonsense") + bytes([send]) + body("x" * 32) + bytes([wait, end])
    yield inspecting + post + bytes([send]) + body("12345678") + bytes([respond, send, send])
    refused = request("POST /no HTTP/1.1", "Host: h", "Content-Length: 8")
    yield inspecting + get + bytes([respond, send, send]) + refused + bytes([send, send]) + body("12345678") + bytes([end])
    pipeline = "GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n".ljust(88)
    yield inspecting + body(pipeline) + bytes([respond, send, send, send]) + body("x" * 80) + bytes([wait, end])
    yield inspecting + refused + bytes([send]) + body("x" * 80) + bytes([wait, stop, wait])
    short = b"\2"
    yield short + get + bytes([respond_long, send, send]) + get + bytes([respond, send, send, end])
    yield short + post + body("12345678") + bytes([respond_long, send, wait, send, end])
    yield short + bytes([31 << 3 | 0]) + b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 8 + bytes([respond, send] * 8)


def request_target():
    yield b"/v1/segment?prompt=a%20cat&as=mask"
    yield b"*"
    yield b"http://example:8080/p?q"
    yield b"https://[::ffff:1.2.3.4]?q"
    yield b"/%C3%A4/%2F/..;x=y?a=%26+b"
    yield b"/%zz%"


def query():
    yield b"prompt=a+cat&prompt=b%26c&threshold=0.5"
    yield b"a&b=&=c&&d==e"
    yield b"%F0%9F%98%80=%00"
    yield "ä\u0301=%C3%28".encode()


def forwarded():
    yield b"1.1.1.1, 10.0.0.2:80, [2001:db8::1]:443"
    yield b'for=1.1.1.1;proto=https, For="[2001:db8::1]:80" ; by=_a,,'
    yield b'for="1.1.1.1:'
    yield b'by="a\\", for=1.1.1.1, \\"b";for=1.1.1.1'


def header_values():
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    yield f"00-{trace}-{span}-01".encode()
    yield f"cc-{trace}-{span}-00-more".encode()
    yield b"Bearer  0123456789abcdef"
    yield b"0123456789abcdef"
    yield b"2.5e0"
    yield b"application/json;level=1;q=0.5, text/*;q=0, */*"


def form(*parts, boundary="b", end="--b--\r\n"):
    body = "".join(f"--{boundary}\r\n{head}\r\n\r\n{content}\r\n" for head, content in parts)
    return (body + end).encode()


DISPOSITION = "Content-Disposition: form-data; name="


def multipart():
    plain = b"multipart/form-data; boundary=b\n"
    yield plain + form((DISPOSITION + '"prompt"', "a cat"))
    yield plain + form((DISPOSITION + '"image"; filename="a\\"b.png"\r\nContent-Type: image/png', "\x89PNG\r\n\r\n--c"))
    yield plain + form((DISPOSITION + "a", "1"), (DISPOSITION + "b", "2"), (DISPOSITION + "c", "3"))
    yield plain + b"preamble\r\n" + form((DISPOSITION + "a", "\r\n--bb\r\n"), end="--b--\r\nepilogue")
    yield plain + b"--b \t\r\n" + DISPOSITION.encode() + b"e\r\n\r\n--b--"
    yield b'Multipart/Form-Data;; charset=x; boundary="a b\'()+_,-./:=?"\n' + form(
        (DISPOSITION + "a", "x"), boundary="a b'()+_,-./:=?", end="--a b'()+_,-./:=?--"
    )
    yield plain + b"--b\r\nContent-Disposition: form-data; name=\"cut"
    yield b"text/plain\nx"
    nested = "--c\r\nContent-Disposition: attachment\r\n\r\n1\r\n--c--"
    yield plain + form((DISPOSITION + "a\r\nContent-Type: multipart/mixed; boundary=c", nested))


def json_body():
    yield b'{"image": "iVBORw0KGgo=", "prompts": ["a cat", "\\u00e9\\ud83d\\ude00\\n\\/"], "threshold": -0.5e-1}'
    yield b'\xef\xbb\xbf [[[null]], true, false, {}, []]\r\n\t'
    yield b'"data:image/png;base64,QUJD"'
    yield b'" QUJD\\n+/==\\t"'
    yield b'{"a": 1, "\\u0061": 2}'
    yield b'"\\ud83d"'
    yield b'[1e400, 1e-400, 123456789012345678901234567890]'
    yield b"[" * 40


def prompt_expression():
    yield b"(cat OR dog) AND NOT toy"
    yield b'NOT NOT "a (b) OR c" OR salt and pepper'
    yield "été AND ( 猫 OR".encode()
    yield b"(" * 17 + b"a" + b")" * 17


def feature_forms():
    parts = [(DISPOSITION + '"image"; filename="i"', "\xff\xd8\xff"), (DISPOSITION + '"label"', "a cat")]
    yield b"scores=raw\nmultipart/form-data; boundary=b\n" + form(*parts)
    yield b"label=a&label=b&decode=fast\nimage/png\n\x89PNG"
    yield b"\napplication/json\n" + json.dumps({"image": "/9j/", "labels": ["a cat"], "scores": "softmax"}).encode()
    yield b"normalize=true\napplication/json\n" + json.dumps({"texts": ["a"], "images": ["iVBORw=="]}).encode()
    yield b"text=a+cat\napplication/json;charset=utf-8\n" + json.dumps({"texts": "a dog"}).encode()
    task = {"candidate_labels": ["a cat"], "mask_threshold": 0.4, "threshold": 0.1, "subtask": "semantic"}
    yield b"\napplication/json\n" + json.dumps({"inputs": "/9j/", "parameters": task}).encode()
    yield b"candidate_labels=a&overlap_mask_area_threshold=1\nimage/jpeg\n\xff\xd8\xff"


def inference_request():
    def tensor(name, shape, data=None, size=None):
        rest = {"data": data} if size is None else {"parameters": {"binary_data_size": size}}
        return {"name": name, "datatype": "BYTES", "shape": shape, **rest}

    text = json.dumps({"id": "1", "inputs": [tensor("image", [1], ["/9j/"]), tensor("prompts", [1, 2], [["a", "b"]])]})
    yield b"\n" + text.encode()
    options = {"threshold": 0.4, "decode": "fast", "binary_data_output": True}
    outputs = [{"name": "mask"}, {"name": "probability", "parameters": {"binary_data": False}}]
    inputs = [tensor("prompts", [1], size=5), tensor("image", [1], size=7)]
    text = json.dumps({"model_name": "clipseg", "inputs": inputs, "outputs": outputs, "parameters": options}).encode()
    yield str(len(text)).encode() + b"\n" + text + b"\1\0\0\0a\3\0\0\0\xff\xd8\xff"
    yield b"2\n{}\1\0\0\0a"


def segment_form():
    yield b"prompt=cat&threshold=0.4\nimage/png\n\x89PNG"
    yield b"\nmultipart/form-data; boundary=b\n" + form(
        (DISPOSITION + '"image"; filename="i"', "\xff\xd8\xff"), (DISPOSITION + '"prompt"', "a \"cat\"\\\x01")
    )
    yield b"as=labels&as=mask\nimage/jpeg; q=1\nx"
    yield b"threshold=nan&as=json\napplication/octet-stream\nx"
    yield b"%22%5C%01%F0%9F%98%80=1\nimage/png\nx"
    yield b"prompt=a\ntext/html\nx"
    yield b'threshold=auto\napplication/json\n{"image": "QUJD", "prompts": ["a"], "grow": 2, "embedding": [1, 2]}'
    yield b'as=json&components=true\napplication/json\n{"image": "QUJD", "prompt_image": ["QUJD"], "blend": 0.5, "prompt": "a"}'


def orientation():
    entry = struct.pack("<HHII", 0x0112, 3, 1, 6)
    little = b"II*\0" + struct.pack("<IH", 8, 1) + entry
    yield little
    yield b"Exif\0\0" + little
    big = b"MM\0*" + struct.pack(">IH", 8, 2)
    yield big + struct.pack(">HHII", 0x010F, 2, 4, 0) + struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0)
    yield b"II*\0" + struct.pack("<IH", 0xFFFFFFFF, 1)
    yield b'<x:xmpmeta tiff:Orientation="3"/>'
    yield b"<tiff:Orientation>9</tiff:Orientation>"
    yield b"\nexif\n      10\n4949\n2a00"


def png_round_trip():
    yield bytes([0]) + bytes(range(1, 20))
    yield bytes([6]) + bytes(i * 7 % 256 for i in range(300))
    yield bytes([39]) + b"\0\0\xff" * 100


def run_lengths():
    """A width, a height, and what pycocotools 2.0.11 writes for masks of that size, the last cut short."""
    return [bytes([width, height]) + text for width, height, text in [
        (1, 1, b"1"),
        (1, 1, b"01"),
        (9, 1, b"131O1"),
        (5, 4, b"0d0"),
        (3, 65, b"0190L2N32KL63N2MO04OL2N32KL63N2MO04OL2N32KL63N2MOO"),
        (16, 16, b"3110041N1OOOO020O1OO0030N0O0210ON023OM02ON90G1002O0110MO10O020O011N04OM020M0020N0"),
    ]]


def safetensors():
    def file(header, data=b""):
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def tensor(kind, shape, *offsets):
        return {"dtype": kind, "shape": shape, "data_offsets": list(offsets)}

    yield file({"a": tensor("F32", [2, 2], 0, 16)}, bytes(16))
    yield file({"__metadata__": {"format": "pt"}, "h": tensor("F16", [4], 0, 8), "b": tensor("BF16", [], 8, 10)}, bytes(10))
    yield file({"i": tensor("I64", [1, 77], 0, 616), "e": tensor("F32", [0, 5], 0, 0)})
    yield file({"a": tensor("F32", [1 << 62, 8], 0, 16)}, bytes(16))
    yield struct.pack("<Q", 1 << 63) + b"{}"


def torch_state_dict():
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value

    def numbers(values):
        return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"

    def tensor(shape, strides, offset=0, count=16, kind=b"Float", key=b"0"):
        storage = b"(" + text(b"storage") + b"ctorch\n" + kind + b"Storage\n" + text(key) + text(b"cpu") + b"K"
        storage += bytes([count]) + b"tQ"
        hooks = b"\x89ccollections\nOrderedDict\n)R"
        return (
            b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K" + bytes([offset]) + numbers(shape)
            + numbers(strides) + hooks + b"tR"
        )

    def pickle(*tensors):
        items = b"".join(text(b"abc"[index : index + 1]) + tensor for index, tensor in enumerate(tensors))
        return b"\x80\x02}q\x00(" + items + b"u."

    def archive(data):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            for name, content in (("data.pkl", data), ("data/0", bytes(64)), ("byteorder", b"little")):
                file.writestr(zipfile.ZipInfo(f"a/{name}"), content)
        return buffer.getvalue()

    whole = pickle(tensor([4, 4], [4, 1]), tensor([4, 4], [1, 4]), tensor([2, 0], [0, 1]))
    yield whole
    yield archive(whole)
    yield pickle(tensor([8], [4], count=32, kind=b"Half", key=b"1"), tensor([], [], offset=7, count=8, kind=b"Long"))
    yield b"\x80\x02ctorch._utils\n_rebuild_parameter\nq\x01."
    yield b"\x80\x02ccollections\nOrderedDict\n)R(" + text(b"a") + tensor([3], [5]) + b"u}" + text(b"_metadata") + b"}sb."
    yield b"\x80\x02}" + text(b"a") + b"h\x00\x85\x86\x87NJ\xff\xff\xff\xff\x8a\x02\x00\x01M\x00\x01s."
    yield b"\x80\x02cos\nsystem\n" + text(b"true") + b"\x85R."


def configuration():
    text = {"hidden_size": 32, "num_attention_heads": 4, "eos_token_id": 2, "hidden_act": "gelu"}
    vision = {"hidden_size": 48, "num_attention_heads": 3, "patch_size": 8, "image_size": 64, "num_hidden_layers": 4}
    yield json.dumps({"model_type": "clipseg"}).encode()
    yield json.dumps({"text_config": text, "vision_config": vision, "extract_layers": [0, 2], "reduce_dim": 8}).encode()
    yield json.dumps({"text_config_dict": text, "vision_config_dict": None, "conditional_layer": 1}).encode()
    yield json.dumps({"use_complex_transposed_convolution": True, "vision_config": {"patch_size": [16, 16]}}).encode()
    yield json.dumps({"projection_dim": 1e300, "logit_scale_init_value": -0.5, "decoder_hidden_act": "relu"}).encode()


def model():
    fixture = Path(__file__).parent.parent / "Tests/CLIPSegTests/Fixtures/simple/config.json"
    plain = json.loads(fixture.read_text())

    def only(value, *keys):
        return {key: value[key] for key in keys}

    sizes = ("hidden_size", "intermediate_size", "num_attention_heads", "num_hidden_layers")
    least = only(
        plain, "conditional_layer", "decoder_intermediate_size", "decoder_num_attention_heads", "extract_layers",
        "projection_dim", "reduce_dim",
    )  # fmt: skip
    least["text_config"] = only(plain["text_config"], *sizes, "eos_token_id", "max_position_embeddings", "vocab_size")
    least["vision_config"] = only(plain["vision_config"], *sizes, "image_size", "patch_size")
    yield json.dumps(least).encode()
    yield json.dumps({**least, "extract_layers": [3, 3, 0], "conditional_layer": 2}).encode()
    yield json.dumps({**least, "use_complex_transposed_convolution": True}).encode()


def preprocessor_configuration():
    yield json.dumps({"size": 16, "resample": 2, "image_mean": [0.5] * 3, "image_std": [0.25] * 3}).encode()
    yield json.dumps({"size": {"height": 8, "width": 20}, "resample": 3, "do_rescale": False}).encode()
    yield json.dumps({"size": [9, 9], "do_normalize": False, "rescale_factor": 0.01, "resample": 0}).encode()
    yield json.dumps({"do_resize": False, "image_std": [0, 1, 1]}).encode()
    yield json.dumps({"size": 1, "resample": 5}).encode()


START, END = "<|startoftext|>", "<|endoftext|>"
VOCABULARY = {"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "ba": 5, "'</w>": 6, "\u00c3": 7, START: 8, END: 9}
MERGES = ["a b</w>", "b a"]


def tokenizer_files():
    vocabulary = json.dumps(VOCABULARY).encode()
    merges = "\n".join(["#version: 0.2", *MERGES, ""]).encode()
    special = {"content": START, "special": True, "normalized": False, "lstrip": True, "rstrip": True, "single_word": True}
    tokens = {"bos_token": special, "eos_token": END, "unk_token": END, "additional_special_tokens": ["<a>"]}
    declared = [{**special, "id": 8}, {"id": 9, "content": END, "special": True}, {"id": 10, "content": "<A>"}]
    settings = json.dumps(tokens).encode()
    decoder = json.dumps({"added_tokens_decoder": {str(t["id"]): {"content": t["content"]} for t in declared}}).encode()

    def tokenizer(merges):
        return json.dumps(
            {
                "added_tokens": declared,
                "normalizer": {
                    "type": "Sequence",
                    "normalizers": [{"type": "NFC"}, {"type": "Replace"}, {"type": "Lowercase"}],
                },
                "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split"}, {"type": "ByteLevel"}]},
                "post_processor": {"type": "RobertaProcessing"},
                "model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": VOCABULARY, "merges": merges},
            }
        ).encode()

    yield b"\0".join([vocabulary, merges])
    yield b"\0".join([vocabulary, merges, settings, b"{}"])
    yield b"\0".join([vocabulary, merges, b"{}", settings])
    yield b"\0".join([vocabulary, merges, decoder, settings])
    yield tokenizer(MERGES)
    yield tokenizer([merge.split() for merge in MERGES])
    yield b"\0".join([tokenizer(MERGES), settings, b"{}"])


def tokenizer_text():
    yield "a photo of a red balloon, isn't it?".encode()
    yield "ΑΣΣΟΣ İstanbul ǅ ﬁ 가 각 がぎ".encode()
    yield "e\u0301\u0323 \u0301x \u1100\u1161\u11a8 \U0001f469\u200d\U0001f680\u3000\u00a0y".encode()
    yield f"{START}it's{END} <|startoftext|<|endoftext|> </w> a</w>b".encode()
    yield "1234567890 ½ Ⅷ ''ll'''re \x1c\x1f\0 ".encode()
    yield b"\xff\xfe\xc3( \xed\xa0\x80 " + b"ab " * 30


def numpy():
    def file(header, data, version=1):
        length = struct.pack("<H" if version == 1 else "<I", len(header))
        return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + data

    def header(descr, shape, order="False"):
        return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n"

    yield file(header("<f4", "(2, 3)"), bytes(range(24)))
    yield file(header("<f8", "(3,)"), bytes(range(24)), version=2)
    yield file(header("<f4", "()"), bytes(4))
    yield file(header("<f4", "(0, 9)"), b"")
    yield file(header("<f4", "(4294967296, 4294967296)"), bytes(4))
    yield file(header(">f4", "(1,)", "True"), bytes(4))


def embedding():
    yield from numpy()
    yield b"[1, -2.5e-3, 0.1]"
    yield b"[[1, 2], [3, 4]]"
    yield b'{"embedding": [0.25, 1e30]}'


def batch_list():
    yield b'{"image": "a.jpg"}\n\n{"image": "/b.png", "prompts": ["a cat", "a dog"]}\r\n'
    yield b'{"image": "a", "output": "x/a.png", "options": {"as": "logits", "threshold": 0.25, "decode": "fast"}}'
    yield b'{"image": "a", "output": "../../a"}\n{"image": "b", "output": "a//b/.c"}\n'
    yield '{"image": "\u00e9\\u0301", "prompts": ["\\ud83d\\ude00"], "output": "e\u0301/\u0101"}'.encode()
    yield b'{"image": "a", "options": {"threshold": 1e-40}, "x": [[[[]]]]}'
    record = {"image": "a", "output": "a.png", "prompts": ["x"], "model": "m", "precision": "fp32"}
    options = {"as": "mask", "decode": "exact", "threshold": 0.5}
    yield json.dumps({**record, "options": options, "status": "done", "bytes": 9}).encode()
    error = {"code": "corrupt_image", "detail": "d", "parameter": "image"}
    yield json.dumps({**record, "options": options, "status": "failed", "error": error}).encode()
    options = {"prompt_weight": [1, 2.5], "embedding": [0.5, -1], "prompt_image": "b.png", "tiles": "2x2", "crop": True}
    yield json.dumps({"image": "a", "prompts": ["x", "y"], "options": {**options, "as": "cutout"}}).encode() + b"\n"


def hub_listing():
    small = {"rfilename": "config.json", "size": 25, "blobId": "0123456789abcdef0123456789abcdef01234567"}
    large = {"rfilename": "onnx/a.safetensors", "lfs": {"sha256": "0123456789abcdef" * 4, "size": 9}}
    yield json.dumps({"sha": small["blobId"], "siblings": [small, large]}).encode()
    yield json.dumps({"sha": small["blobId"], "siblings": [{**small, "rfilename": "../x"}]}).encode()


GENERATORS = {
    "BatchList": batch_list,
    "ChunkedBody": chunked_body,
    "Configuration": configuration,
    "Connection": connection,
    "Embedding": embedding,
    "FeatureForms": feature_forms,
    "Forwarded": forwarded,
    "HeaderValues": header_values,
    "HubListing": hub_listing,
    "InferenceRequest": inference_request,
    "JSONBody": json_body,
    "Model": model,
    "Multipart": multipart,
    "NumPy": numpy,
    "Orientation": orientation,
    "PNGRoundTrip": png_round_trip,
    "PreprocessorConfiguration": preprocessor_configuration,
    "PromptExpression": prompt_expression,
    "Query": query,
    "RequestParser": request_parser,
    "RequestTarget": request_target,
    "RunLengths": run_lengths,
    "Safetensors": safetensors,
    "SegmentForm": segment_form,
    "TokenizerFiles": tokenizer_files,
    "TokenizerText": tokenizer_text,
    "TorchStateDict": torch_state_dict,
}


def main():
    for target, generate in GENERATORS.items():
        folder = SEEDS / target
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, seed in enumerate(generate(), start=1):
            (folder / f"{number:02}").write_bytes(seed)


if __name__ == "__main__":
    main()
