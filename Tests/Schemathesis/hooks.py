"""What schemathesis has to know that openapi.yaml can't say: how images are drawn, and what parameters do to each other.

Requests that are wrong on purpose stay as they are. In those that are meant to be right, files become real ones, of which
some are damaged, and parameters that contradict each other are dropped. What is refused nevertheless must be so for a reason
that a schema can't express, and every status must be one that the operation lists.
"""

import atexit
import base64
import collections
import io
import json
import re
import zipfile
import zlib
from pathlib import Path

import schemathesis
from PIL import Image
from schemathesis import GenerationMode
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation

import images

RAW = {"image/png", "image/jpeg", "application/octet-stream"}
FILES = {"image", "inputs", "images", "prompt_image", "prompt_mask"}
PROMPTS = {
    "/v1/segment": ("prompt", ("prompt", "prompts", "prompt_expr", "prompt_image", "embedding")),
    "/v1/classify": ("label", ("label", "labels")),
    "/v1/embeddings": ("text", ("text", "texts", "image", "images")),
    "/v1/tokenize": ("text", ("text", "texts")),
    "/hf/image-segmentation": ("candidate_labels", ("candidate_labels",)),
}
# What a template can be filled with.
TEXTS = ("prompt", "prompts", "prompt_expr", "negative_prompt")
# Refusals of what a schema takes for valid: parameters that contradict each other, NUL in a query, what is too much for the
# model. Of damaged files come more.
REASONS = {
    "contradictory_parameter", "duplicate_parameter", "empty_prompt", "invalid_embedding",
    "malformed_target", "missing_parameter", "prompt_too_long", "text_too_long", "too_many_prompts", "too_much_work", "answer_too_large",
    "unusable_prompt_mask",
}  # fmt: skip
# What these can be hangs on others, or on the image or the model. Any other value that is refused, a schema should forbid.
DEPENDENT = {
    "bit_depth", "blend", "prompt_mask", "prompt_weight", "resolution", "threshold", "tiles",
}  # fmt: skip
DAMAGED = {"corrupt_image", "unsupported_image_type", "empty_image"}
# Refusals before the route sees the request, which any operation may answer.
EARLY = {400, 408, 413, 414, 417, 429, 431, 501, 503, 505}

answers = collections.defaultdict(collections.Counter)


def picked(value):
    """A file in place of what was drawn: the same for the same."""
    text = value if isinstance(value, bytes) else repr(value).encode()
    number = zlib.crc32(text)
    return images.damaged()[number // 10 % len(images.damaged())] if number % 10 == 0 else images.valid()[number // 10 % len(images.valid())]


def replaced(value, to_file):
    return [to_file(one) for one in value] if isinstance(value, list) else to_file(value)


def needs(operation):
    """What each parameter needs, as the descriptions say: a list of other parameters and their values."""
    found = {}
    for parameter in operation.query:
        text = parameter.definition.get("description", "")
        if match := re.search(r"Needs (`.*`)\.$", text):
            found[parameter.name] = [one.partition("=")[::2] for one in re.findall(r"`([^`]+)`", match[1])]
    return found


def drop_contradictions(operation, body, query):
    """Parameters that mean nothing without another."""
    if "prompts" in body:
        body.pop("prompt", None), query.pop("prompt", None)
    given = {**{name: str(value) for name, value in query.items()}, **{name: str(value) for name, value in body.items()}}
    while True:
        both = {"as": "mask", **given}
        stranded = [
            name for name, conditions in needs(operation).items()
            if name in given and not any(both.get(other) in ([value] if value else [both.get(other, 0)]) for other, value in conditions)
        ]  # fmt: skip
        if not stranded:
            return
        for name in stranded:
            given.pop(name), body.pop(name, None), query.pop(name, None)


def join_prompts(body, query, is_json):
    """Prompts, thresholds and weights that fit each other, and what only some texts are."""
    for given in (body, query):
        for name in ("threshold", "prompt_weight"):
            if isinstance(given.get(name), list):
                given[name] = given[name][:1]
        if "prompt_expr" in given:
            given["prompt_expr"] = as_expression(given["prompt_expr"])
        if "template" in given:
            given["template"] = replaced(given["template"], as_template)
        if "embedding" in given:
            numbers = [0.25] * 128
            given["embedding"] = numbers if is_json and given is body else json.dumps(numbers)
        if "resolution" in given:
            given["resolution"] = int(given["resolution"]) // 16 * 16
    if "prompt_image" in body:
        files = body["prompt_image"] if isinstance(body["prompt_image"], list) else [body["prompt_image"]]
        if "prompt_mask" in body:
            body["prompt_mask"] = [images.mask(file) if file in images.valid() else file for file in files]
        body["prompt_image"] = files


def as_expression(text):
    """An expression of the same length, if there can be one: how long it may be is the schema's to say."""
    start = "drum AND NOT " if len(text) % 2 else "drum OR "
    return start + "a" * max(1, len(text) - len(start))


def as_template(text):
    """A template of the same length. Bytes are counted, and schemas count characters: of ASCII there are as many."""
    return "{}" + re.sub(r"[^ -z|~]", "a", text)[2:]


def in_base64(file):
    return base64.b64encode(file).decode()


@schemathesis.hook
def map_case(context, case):
    """Makes files real, and requests that are meant to be right consistent."""
    path, meta = case.operation.path, case.meta
    component = meta and meta.components.get(ParameterLocation.BODY)
    if component is None or component.mode != GenerationMode.POSITIVE:
        return case
    is_positive = meta.generation.mode == GenerationMode.POSITIVE
    to_file = picked if is_positive else lambda value: images.valid()[0]
    if path.endswith("/infer"):
        headers = meta.components.get(ParameterLocation.HEADER)
        if headers is None or headers.mode == GenerationMode.POSITIVE:
            complete_inference(case, to_file)
    elif path in PROMPTS:
        complete_request(path, case, to_file, is_positive)
    # What was wrong on purpose still is, and the rest is as right as it was: schemathesis need not find out anew.
    case._record_starting_state()
    return case


def complete_request(path, case, to_file, is_positive):
    if case.media_type in RAW:
        case.body = to_file(case.body)
    drawn = case.body if isinstance(case.body, dict) else {}
    # null is the same as nothing.
    body = {name: value for name, value in drawn.items() if value is not None}
    query = dict(case.query or {})
    for name in FILES & set(body):
        body[name] = replaced(body[name], to_file)
    if is_positive:
        for name in set(body | body.get("parameters", {})) & set(query):
            del query[name]
        if path == "/v1/segment":
            drop_contradictions(case.operation, body, query)
            join_prompts(body, query, case.media_type == "application/json")
        add_prompt(path, case, body, query)
    if case.media_type == "application/json":
        for name in FILES & set(body):
            body[name] = replaced(body[name], in_base64)
    if isinstance(case.body, dict):
        case.body = {**{name: None for name in drawn if drawn[name] is None}, **body}
    if query != (case.query or {}):
        case.query = query


def add_prompt(path, case, body, query):
    name, names = PROMPTS[path]
    held = {**query, **body, **body.get("parameters", {})}
    if held.get("template"):
        names = TEXTS
    if case.media_type in RAW and "image" in names or any(held.get(one) for one in names):
        return
    query[name] = ["a picture of the drum"]


def complete_inference(case, to_file):
    """Gives inputs to an inference that has some, or is drawn as binary data."""
    prompts = {"name": "prompts", "datatype": "BYTES", "shape": [2], "data": ["drum", "balloon"]}
    image = {"name": "image", "datatype": "BYTES", "shape": [1]}
    if case.media_type == "application/octet-stream":
        file = to_file(case.body)
        image["parameters"] = {"binary_data_size": 4 + len(file)}
        head = json.dumps({"inputs": [image, prompts]}).encode()
        case.body = head + len(file).to_bytes(4, "little") + file
        case.headers["Inference-Header-Content-Length"] = str(len(head))
    elif isinstance(case.body, dict):
        outputs = {output["name"]: output for output in case.body.get("outputs") or []}
        inputs = case.body.get("inputs") and [image | {"data": [in_base64(to_file(case.body["inputs"]))]}, prompts]
        case.body = {**case.body, "inputs": inputs, "outputs": list(outputs.values())}
        case.headers.pop("Inference-Header-Content-Length", None)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Forms and queries hold texts, whatever was drawn, and one text is a list of one: schemathesis overlooks that."""
    return not (isinstance(failure, AcceptedNegativeData) and case.media_type == "multipart/form-data" and is_right_as_sent(case))


def is_right_as_sent(case):
    """Whether nothing is wrong with a form and its query but that they have something else where the schema has texts."""
    others = [info for location, info in case.meta.components.items() if location not in (ParameterLocation.BODY, ParameterLocation.QUERY)]
    if not isinstance(case.body, dict) or any(info.mode != GenerationMode.POSITIVE for info in others):
        return False
    form = case.operation.get_body_for_media_type(case.media_type).optimized_schema
    return are_right_as_sent(case, form, case.body) and are_right_as_sent(case, case.operation.query.validation_schema, case.query or {})


def are_right_as_sent(case, schema, values):
    validator = make_validator(schema, case.operation.schema.adapter.jsonschema_validator_cls)
    read = {}
    for name, value in values.items():
        text = [as_sent(one) for one in value] if isinstance(value, list) else as_sent(value)
        readings = [text, [text]] if isinstance(value, bytes) else [value, text, [text]]
        read[name] = next((one for one in readings if not has_errors(validator, name, one)), text)
    return validator.is_valid(read)


def as_sent(value):
    return value if isinstance(value, str) else "" if isinstance(value, bytes) else json.dumps(value)


def has_errors(validator, name, value):
    return any(error.instance_path[:1] == [name] for error in validator.iter_errors({name: value}))


@schemathesis.check
def refused_for_a_reason(ctx, response, case):
    """What a schema takes for valid is refused only for what it can't say."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or response.status_code not in (400, 415, 422):
        return
    problem = response.json()
    code = problem.get("code")
    if code is None and case.operation.path.startswith("/v2"):
        return
    sent = response.request.body or b""
    sent = sent if isinstance(sent, bytes) else sent.encode()
    has_damaged = any(file in sent or base64.b64encode(file) in sent for file in images.damaged())
    is_dependent = code == "invalid_parameter" and problem.get("parameter") in DEPENDENT
    assert code in REASONS or is_dependent or code in DAMAGED and has_damaged, f"refused without need: {response.text[:500]}"


@schemathesis.check
def status_is_listed(ctx, response, case):
    """`default` is for refusals that have nothing to do with the operation."""
    listed = {int(status) for status in case.operation.definition.raw["responses"] if status.isdigit()}
    if response.request.method not in (case.operation.method.upper(), "HEAD"):
        return
    assert response.status_code in listed | EARLY, f"{response.status_code} is not listed: {response.text[:300]}"


@schemathesis.check
def late_only_if_asked(ctx, response, case):
    """Nothing here takes so long that it is late, unless the client has no time."""
    if response.status_code == 503:
        assert response.json().get("code", "deadline_passed") == "deadline_passed", response.text[:300]
        assert "X-Request-Timeout" in response.request.headers, "late, though there was time"


@schemathesis.deserializer("image/png")
def read_picture(context, response):
    with Image.open(io.BytesIO(response.content)) as image:
        image.load()
        return {"size": image.size}


@schemathesis.deserializer("application/zip")
def read_zip(context, response):
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        return {name: len(file.read(name)) for name in file.namelist()}


@schemathesis.deserializer("application/x-npy")
def read_array(context, response):
    assert response.content.startswith(b"\x93NUMPY\x01\x00"), "no NumPy file"
    return {"bytes": len(response.content)}


@schemathesis.deserializer("application/octet-stream")
def read_tensors(context, response):
    length = int(response.headers["inference-header-content-length"][0])
    return json.loads(response.content[:length])


@schemathesis.hook
def after_call(context, case, response):
    answers[f"{case.operation.method.upper()} {case.operation.path}"][response.status_code] += 1


@atexit.register
def tell_answers():
    """For run.py, which looks whether enough was answered."""
    Path("answers.json").write_text(json.dumps(answers))
