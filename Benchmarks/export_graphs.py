"""Writes the graphs that ONNX Runtime and OpenVINO run, from the checkpoint that everybody runs.

    export_graphs.py CHECKPOINT FOLDER

Their only output is the logits, so what a mask does not need (the last two layers of the vision encoder) is
not in them. They take one image of 352 × 352 and one text of any length.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import nncf
import numpy
import openvino
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import CLIPSegForImageSegmentation

from peer import REFERENCE, SIDE, make_inputs

TOKENS = 9
CALIBRATION_IMAGES = 32


class LogitsOnly(torch.nn.Module):
    """The model with the logits as its only output."""

    def __init__(self, model: CLIPSegForImageSegmentation) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, pixel_values: torch.Tensor, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        output = self.model(input_ids=input_ids, pixel_values=pixel_values, attention_mask=attention_mask)
        # The model drops the batch's axis when it is one.
        return output.logits.reshape(1, SIDE, SIDE)


def main() -> None:
    checkpoint, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / REFERENCE, lambda file: write_reference(checkpoint, file))
    fp32 = folder / "fp32.onnx"
    write(fp32, lambda file: export_onnx(checkpoint, file))
    write(folder / "int8.onnx", lambda file: quantize_dynamically(fp32, file))
    write(
        folder / "fp32.xml",
        lambda file: openvino.save_model(openvino.convert_model(fp32), file, compress_to_fp16=False),
    )
    write(folder / "int8.xml", lambda file: quantize_with_nncf(folder / "fp32.xml", file))


def write(file: Path, make: Callable[[Path], None]) -> None:
    """Makes a file that is not there yet, and leaves no half of it behind."""
    if file.exists():
        return
    print(f"Writing {file}", file=sys.stderr)
    try:
        make(file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def write_reference(checkpoint: Path, file: Path) -> None:
    """What peers are compared with: the logits of transformers in fp32."""
    model = CLIPSegForImageSegmentation.from_pretrained(checkpoint, dtype=torch.float32).eval()
    inputs = {name: torch.from_numpy(value) for name, value in make_inputs(checkpoint, prompts=1).items()}
    with torch.inference_mode():
        numpy.save(file, model(**inputs).logits.numpy())


def export_onnx(checkpoint: Path, file: Path) -> None:
    model = CLIPSegForImageSegmentation.from_pretrained(checkpoint, dtype=torch.float32, attn_implementation="eager")
    examples = {
        "pixel_values": torch.zeros(1, 3, SIDE, SIDE),
        "input_ids": torch.full((1, TOKENS), model.config.text_config.eos_token_id),
        "attention_mask": torch.ones(1, TOKENS, dtype=torch.int64),
    }
    tokens = {1: torch.export.Dim("tokens", max=model.config.text_config.max_position_embeddings)}
    torch.onnx.export(
        LogitsOnly(model).eval(),
        kwargs=examples,
        f=file,
        dynamo=True,
        dynamic_shapes={"pixel_values": {}, "input_ids": tokens, "attention_mask": tokens},
        input_names=list(examples),
        output_names=["logits"],
        external_data=False,
    )


def quantize_dynamically(source: Path, file: Path) -> None:
    """As ONNX Runtime's documentation does it for transformers: pre-process, then weights to 8 bits."""
    prepared = file.with_suffix(".prepared")
    quant_pre_process(source, prepared, skip_symbolic_shape=True)
    quantize_dynamic(prepared, file, weight_type=QuantType.QInt8)
    prepared.unlink()


def quantize_with_nncf(source: Path, file: Path) -> None:
    """Post-training quantization with calibration; the inputs are random, as the weights are."""
    generator = numpy.random.default_rng(1)

    def example(_: int) -> dict[str, numpy.ndarray]:
        return {
            "pixel_values": generator.normal(size=(1, 3, SIDE, SIDE)).astype(numpy.float32),
            "input_ids": numpy.append(generator.integers(0, 49406, TOKENS - 1), 49407)[None],
            "attention_mask": numpy.ones((1, TOKENS), numpy.int64),
        }

    examples = nncf.Dataset([example(index) for index in range(CALIBRATION_IMAGES)])
    model = nncf.quantize(
        openvino.Core().read_model(source),
        examples,
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=CALIBRATION_IMAGES,
    )
    openvino.save_model(model, file)


if __name__ == "__main__":
    main()
