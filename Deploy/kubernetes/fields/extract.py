#!/usr/bin/env python3
"""Writes the fields of a custom resource, as its publisher's CustomResourceDefinition has them, without the prose.

    extract.py VERSION [PATH=FIELD,FIELD...] < crd.yaml > kind.json

PATH=FIELD,... keeps only these fields of an object, for instance spec.predictor=containers,minReplicas.
"""

import json
import re
import sys

import yaml


def is_pattern(text: str) -> bool:
    """Whether Python reads it too: patterns are Go's."""
    try:
        return bool(re.compile(text))
    except re.error:
        return False


def without_prose(node):
    """A schema without its descriptions, in which an object has no other fields than the listed ones."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: without_prose(value)
        for key, value in node.items()
        # A property may have the name of a keyword: it is an object then.
        if not (key == "description" and isinstance(value, str)) and not key.startswith("x-kubernetes")
        if not (key == "pattern" and isinstance(value, str) and not is_pattern(value))
    }
    if isinstance(kept.get("properties"), dict) and kept.get("type") == "object":
        kept.setdefault("additionalProperties", False)
    if node.get("x-kubernetes-int-or-string"):
        kept["type"] = ["integer", "string"]
    return kept


def main() -> None:
    version, *selections = sys.argv[1:]
    crd = yaml.safe_load(sys.stdin)["spec"]
    schema = next(item["schema"]["openAPIV3Schema"] for item in crd["versions"] if item["name"] == version)
    for selection in selections:
        path, fields = selection.split("=")
        node = schema
        for name in path.split("."):
            node = node["properties"][name]
        node["properties"] = {field: node["properties"][field] for field in fields.split(",")}
        node["required"] = [field for field in node.get("required", []) if field in node["properties"]]
    schema = without_prose(schema)
    # Any object's metadata; what is in it the publishers do not say.
    schema["properties"]["metadata"] = {"type": "object"}
    json.dump(schema, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
