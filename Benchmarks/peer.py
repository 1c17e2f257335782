"""One peer in a process of its own: loads once, then runs a turn for each line on standard input.

    peer.py NAME --checkpoint FOLDER --graphs FOLDER [--threads 2] [--prompts 1]

Answers with a line of JSON each: first what it is, then the seconds of each run of a turn. A turn is a run that
does not count, then as many as the line says.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy

SIDE = 352
REFERENCE = "reference.npy"  # the logits of transformers in fp32, for one prompt

Inputs = dict[str, numpy.ndarray]
Run = Callable[[Inputs], numpy.ndarray]


def main() -> None:
    arguments = parse_arguments()
    begin = time.perf_counter()
    run, version = PEERS[arguments.name](arguments)
    inputs = make_inputs(arguments.checkpoint, arguments.prompts)
    logits = run(inputs)
    answer(
        version=version,
        load_seconds=time.perf_counter() - begin,
        tokens=inputs["input_ids"].shape[1],
        correlation=correlation(logits, arguments.graphs / REFERENCE),
    )
    for line in sys.stdin:
        run(inputs)
        answer(seconds=[timed(run, inputs) for _ in range(int(line))])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--graphs", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompts", type=int, default=1)
    return parser.parse_args()


def answer(**values: object) -> None:
    print(json.dumps(values), flush=True)


def correlation(logits: numpy.ndarray, reference: Path) -> float:
    """Of the first prompt's logits with the reference's: whether this peer computes the same."""
    return float(numpy.corrcoef(logits.reshape(-1, SIDE * SIDE)[0], numpy.load(reference).ravel())[0, 1])


def timed(run: Run, inputs: Inputs) -> float:
    begin = time.perf_counter()
    run(inputs)
    return time.perf_counter() - begin


def make_inputs(checkpoint: Path, prompts: int) -> Inputs:
    """The prompts of `clipseg bench`, padded to the longest only, and one image, repeated for each."""
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(checkpoint)
    texts = [f"a photo of thing number {number}" for number in range(1, prompts + 1)]
    tokens = tokenizer(texts, padding=True, return_tensors="np")
    image = numpy.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(numpy.float32)
    return {
        "pixel_values": image.repeat(prompts, axis=0),
        "input_ids": tokens["input_ids"].astype(numpy.int64),
        "attention_mask": tokens["attention_mask"].astype(numpy.int64),
    }


def transformers(arguments: argparse.Namespace, dtype: str, compiled: bool = False) -> tuple[Run, str]:
    """transformers on PyTorch, as its documentation loads it; optionally through `torch.compile`."""
    import torch
    from transformers import CLIPSegForImageSegmentation, __version__

    torch.set_num_threads(arguments.threads)
    kind = getattr(torch, dtype)
    model = CLIPSegForImageSegmentation.from_pretrained(arguments.checkpoint, dtype=kind).eval()
    forward = torch.compile(model) if compiled else model

    @torch.inference_mode()
    def run(inputs: Inputs) -> numpy.ndarray:
        tensors = {name: torch.from_numpy(value) for name, value in inputs.items()}
        tensors["pixel_values"] = tensors["pixel_values"].to(kind)
        return forward(**tensors).logits.float().numpy()

    return run, f"transformers {__version__}, PyTorch {torch.__version__}"


def onnxruntime(arguments: argparse.Namespace, file: str) -> tuple[Run, str]:
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = runtime.InferenceSession(arguments.graphs / file, options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(["logits"], inputs)[0], f"ONNX Runtime {runtime.__version__}"


def openvino(arguments: argparse.Namespace, file: str, precision: str) -> tuple[Run, str]:
    from openvino import Core, get_version

    settings = {
        "INFERENCE_NUM_THREADS": arguments.threads,
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
    }
    model = Core().read_model(arguments.graphs / file)
    inputs = make_inputs(arguments.checkpoint, arguments.prompts)
    model.reshape({name: value.shape for name, value in inputs.items()})  # fixed shapes are its fastest
    request = Core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda inputs: request.infer(inputs)[0], f"OpenVINO {get_version()}"


PEERS: dict[str, Callable[[argparse.Namespace], tuple[Run, str]]] = {
    "transformers-fp32": lambda arguments: transformers(arguments, "float32"),
    "transformers-bf16": lambda arguments: transformers(arguments, "bfloat16"),
    "torch-compile-fp32": lambda arguments: transformers(arguments, "float32", compiled=True),
    "torch-compile-bf16": lambda arguments: transformers(arguments, "bfloat16", compiled=True),
    "onnxruntime-fp32": lambda arguments: onnxruntime(arguments, "fp32.onnx"),
    "onnxruntime-int8": lambda arguments: onnxruntime(arguments, "int8.onnx"),
    "openvino-fp32": lambda arguments: openvino(arguments, "fp32.xml", "f32"),
    "openvino-bf16": lambda arguments: openvino(arguments, "fp32.xml", "bf16"),
    "openvino-int8": lambda arguments: openvino(arguments, "int8.xml", "f32"),
}

if __name__ == "__main__":
    main()
