#!/usr/bin/env python3
"""Builds the base and every overlay, and checks what Kubernetes would make of them.

`kubectl kustomize` builds, `kubernetes-validate --strict` checks the known kinds, the published fields in
kubernetes/fields the custom ones. Then what no schema says: that names lead somewhere, and that numbers agree.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
KUBERNETES = ROOT / "Deploy/kubernetes"
TOOLS = Path(sys.executable).parent
CUSTOM = {
    ("monitoring.coreos.com/v1", "ServiceMonitor"): "servicemonitor.json",
    ("monitoring.coreos.com/v1", "PrometheusRule"): "prometheusrule.json",
    ("keda.sh/v1alpha1", "ScaledObject"): "scaledobject.json",
    ("serving.kserve.io/v1beta1", "InferenceService"): "inferenceservice.json",
}
MIB = 1 << 20
# Resident with the largest model and in the precision that takes most, and with the demo model: Documentation/operations.md.
RESIDENT = 713 * MIB
RESIDENT_DEMO = 44 * MIB
# One answer about a picture, at its most.
BYTES_PER_PIXEL = 19


def build(folder: Path) -> str:
    return subprocess.run([TOOLS / "kubectl", "kustomize", folder], check=True, capture_output=True, text=True).stdout


def validate(manifests: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(manifests)
        file.flush()
        # It warns of custom resources, which have their own schemas.
        subprocess.run([TOOLS / "kubernetes-validate", "--strict", "--quiet", "--no-warn", file.name], check=True)


def check_fields(resource: dict) -> None:
    name = CUSTOM.get((resource["apiVersion"], resource["kind"]))
    if name:
        jsonschema.validate(resource, json.loads((KUBERNETES / "fields" / name).read_text()))
    else:
        assert re.match(r"v1$|[a-z]+/v\d|[a-z.]+\.k8s\.io/v\d", resource["apiVersion"]), (
            f"{resource['kind']}: no published fields in {KUBERNETES}/fields"
        )


def check_rules(rules: dict) -> None:
    """They are those that the tests of the rules are about."""
    files = [yaml.safe_load((ROOT / f"Deploy/prometheus/{name}.yaml").read_text()) for name in ("recording", "alerts")]
    groups = [group for file in files for group in file["groups"]]
    assert rules["spec"]["groups"] == groups, "prometheus-rule.yaml has other rules than Deploy/prometheus: make prometheus-rule"


def pods(resource: dict) -> Iterator[dict]:
    """The specification of the pods that a resource makes."""
    if resource["kind"] in ("Deployment", "Job"):
        yield resource["spec"]["template"]["spec"]
    if resource["kind"] == "InferenceService":
        yield resource["spec"]["predictor"]


def containers(pod: dict) -> list[dict]:
    return pod.get("initContainers", []) + pod["containers"]


def variables(container: dict, resources: list[dict]) -> dict[str, str]:
    """The environment of a container, as far as the manifests say."""
    maps = {resource["metadata"]["name"]: resource["data"] for resource in resources if resource["kind"] == "ConfigMap"}
    found = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            found |= maps[source["configMapRef"]["name"]]
    return found | {item["name"]: item.get("value", "") for item in container.get("env", [])}


def quantity(text: str) -> int:
    """Bytes of a quantity such as 512Mi."""
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", text).groups()
    return int(number) * {"Mi": MIB, "Gi": MIB << 10}[unit]


def check_memory(name: str, container: dict, settings: dict[str, str]) -> None:
    """The limit allows what the options do."""
    drawing = int(settings["CLIPSEG_DECODE_MEMORY_BYTES"])
    needed = (
        (RESIDENT if settings["CLIPSEG_MODEL"] else RESIDENT_DEMO)
        + int(settings["CLIPSEG_IMAGE_CACHE_BYTES"])
        + int(settings["CLIPSEG_BUFFER_MEMORY_BYTES"])
        # As much again for what waits; and a picture that takes more than all may take at a time is drawn alone.
        + drawing
        + max(drawing, BYTES_PER_PIXEL * int(settings["CLIPSEG_MAX_PIXELS"]))
    )
    limit = quantity(container["resources"]["limits"]["memory"])
    assert limit >= needed, f"{name}: {limit // MIB} MiB, and its options allow {needed // MIB}"


def check_inference_service(service: dict) -> None:
    """Each mode of KServe has fields that the other refuses."""
    predictor = service["spec"]["predictor"]
    pod = {"terminationGracePeriodSeconds", "securityContext"} & predictor.keys()
    assert not pod or predictor.get("scaleMetric") not in ("concurrency", "rps"), f"{pod} with Knative's scaleMetric"
    mode = service["metadata"].get("annotations", {}).get("serving.kserve.io/deploymentMode")
    assert not pod or mode == "Standard", f"{pod} in the mode {mode}"


def check_pods(
    resource: dict, resources: list[dict], version: str, known: set[str], defaults: dict[str, str]
) -> None:
    for pod in pods(resource):
        for container in containers(pod):
            name = f"{resource['kind']}, container {container['name']}"
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] and security["capabilities"]["drop"] == ["ALL"], name
            assert not security["allowPrivilegeEscalation"] and pod["securityContext"]["runAsNonRoot"], name
            assert "memory" in container["resources"]["limits"], f"{name}: no memory limit"
            assert container["image"].endswith(f"/clipseg:{version}"), f"{name}: {container['image']}"
            settings = variables(container, resources)
            unknown = {setting for setting in settings if setting.startswith("CLIPSEG_")} - known
            assert not unknown, f"{name}: serve has no {unknown}"
            # Without arguments it is `serve`, as the image says.
            if "args" in container:
                continue
            settings = defaults | settings
            check_memory(name, container, settings)
            steps = ("DRAIN_DELAY", "SHUTDOWN_TIMEOUT", "OTLP_SHUTDOWN_TIMEOUT")
            # A second for what ends between them.
            going = sum(float(settings[f"CLIPSEG_{step}"]) for step in steps) + 1
            assert pod["terminationGracePeriodSeconds"] > going, f"{name}: killed before it has ended"


def check_job(job: dict) -> None:
    batch = job["spec"]["template"]["spec"]["containers"][0]
    shard = batch["args"][batch["args"].index("--shard") + 1]
    assert shard == f"$(JOB_COMPLETION_INDEX)/{job['spec']['completions']}", shard


def check_names(resources: list[dict]) -> None:
    """Selectors choose the pods, and ports are theirs."""
    deployment = next((resource for resource in resources if resource["kind"] == "Deployment"), None)
    if not deployment:
        return
    labels = deployment["spec"]["template"]["metadata"]["labels"].items()
    ports = {port["name"] for port in deployment["spec"]["template"]["spec"]["containers"][0]["ports"]}
    services = {resource["metadata"]["name"]: resource for resource in resources if resource["kind"] == "Service"}
    for resource in resources:
        kind, spec = resource["kind"], resource.get("spec", {})
        selector = {
            "Service": lambda spec: spec["selector"],
            "Deployment": lambda spec: spec["selector"]["matchLabels"],
            "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
            "NetworkPolicy": lambda spec: spec["podSelector"]["matchLabels"],
        }.get(kind)
        if selector:
            chosen = selector(spec).items()
            assert chosen and chosen <= labels, f"{kind} chooses other pods: {chosen}"
        if kind == "Service":
            assert {port["targetPort"] for port in spec["ports"]} <= ports, f"{kind}: {spec['ports']}"
        if kind == "NetworkPolicy":
            assert {port["port"] for rule in spec["ingress"] for port in rule["ports"]} <= ports, spec["ingress"]
        if kind in ("HorizontalPodAutoscaler", "ScaledObject"):
            assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"], spec["scaleTargetRef"]
        if kind == "ServiceMonitor":
            chosen = spec["selector"]["matchLabels"].items()
            found = [service for service in services.values() if chosen <= service["metadata"]["labels"].items()]
            assert len(found) == 1, f"ServiceMonitor chooses {len(found)} services"
            offered = {port["name"] for port in found[0]["spec"]["ports"]}
            assert {endpoint["port"] for endpoint in spec["endpoints"]} <= offered, spec["endpoints"]
    scalers = [resource for resource in resources if resource["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")]
    assert len(scalers) == 1, "one autoscaler, not two that pull in different directions"


def main() -> None:
    source = (ROOT / "Sources/Segmentation/Version.swift").read_text()
    version = re.search(r'clipsegVersion = "([^"]+)"', source)[1]
    readme = (ROOT / "README.md").read_text()
    known = set(re.findall(r"`(CLIPSEG_[A-Z_]+)`", readme))
    defaults = dict(re.findall(r"^\| `--[a-z-]+` \| `(CLIPSEG_[A-Z_]+)` \| `?([0-9.]+)`? \|", readme, re.MULTILINE))
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"ARG VERSION={version}\n" in dockerfile, f"Dockerfile: the version is {version}"
    for folder in [KUBERNETES / "base", *sorted((KUBERNETES / "overlays").iterdir())]:
        manifests = build(folder)
        validate(manifests)
        resources = list(yaml.safe_load_all(manifests))
        for resource in resources:
            check_fields(resource)
            check_pods(resource, resources, version, known, defaults)
            if resource["kind"] == "Job":
                check_job(resource)
            if resource["kind"] == "PrometheusRule":
                check_rules(resource)
            if resource["kind"] == "InferenceService":
                check_inference_service(resource)
        check_names(resources)
        print(f"{folder.relative_to(ROOT)}: {', '.join(resource['kind'] for resource in resources)}")


if __name__ == "__main__":
    main()
