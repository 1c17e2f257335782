"""What clipseg is made of, as an SPDX 2.3 document: Swift packages that are linked into it, and Debian packages with
the libraries that it loads."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
SWIFT_LICENCE = "Apache-2.0 WITH Swift-exception"
# The plugin that makes documentation, and what it brings, are part of no program.
NOT_LINKED = {"swift-docc-plugin", "swift-docc-symbolkit"}


def document(binary: Path, version: str, sha256: str, created: datetime) -> dict:
    program = {
        **package("clipseg", version, "Apache-2.0", f"pkg:generic/clipseg@{version}"),
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": sha256}],
    }
    linked = [*swift_packages(), swift_runtime()]
    loaded = list(debian_packages(binary))
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", program)]
    relations += [(program["SPDXID"], "STATIC_LINK", each) for each in linked]
    for each, is_direct in loaded:
        relations.append((program["SPDXID"], "DYNAMIC_LINK" if is_direct else "DEPENDS_ON", each))
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"clipseg-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/clipseg-{version}-{sha256[:16]}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: clipseg-Deploy-release.py"],
        },
        "packages": [program, *linked, *(each for each, _ in loaded)],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other["SPDXID"]}
            for one, kind, other in relations
        ],
    }


def package(name: str, version: str, licence: str, purl: str, download: str = "NOASSERTION") -> dict:
    return {
        "name": name,
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name),
        "versionInfo": version,
        "downloadLocation": download,
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
    }


def swift_packages() -> Iterator[dict]:
    """Those that the package manager resolved and the program is linked with."""
    for pin in json.loads((TOP / "Package.resolved").read_text())["pins"]:
        name, state = pin["identity"], pin["state"]
        if name in NOT_LINKED:
            continue
        path = pin["location"].removeprefix("https://").removesuffix(".git")
        yield package(
            name, state["version"], licence(TOP / ".build/checkouts" / name / "LICENSE.txt"),
            f"pkg:swift/{path}@{state['version']}", f"git+{pin['location']}@{state['revision']}",
        )  # fmt: skip


def licence(file: Path) -> str:
    """The licence of a Swift package, by its text."""
    text = file.read_text() if file.exists() else ""
    if "Apache License" not in text:
        return "NOASSERTION"
    return SWIFT_LICENCE if "Runtime Library Exception" in text else "Apache-2.0"


def swift_runtime() -> dict:
    """The standard library, Dispatch and Foundation, which come with the compiler."""
    version = re.search(r"Swift version ([\d.]+)", output("swift", "--version"))[1]
    return package("swift-runtime", version, SWIFT_LICENCE, f"pkg:generic/swift@{version}")


def debian_packages(binary: Path) -> Iterator[tuple[dict, bool]]:
    """The packages that own the libraries; whether the program names one of them itself."""
    named = set(re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", binary)))
    found: dict[str, bool] = {}
    for library, path in re.findall(r"(\S+) => (/\S+)", output("ldd", binary)):
        owner = package_of(path)
        found[owner] = found.get(owner, False) or library in named
    for owner, is_direct in sorted(found.items()):
        version, architecture = output("dpkg-query", "-W", "-f=${Version} ${Architecture}", owner).split()
        name = owner.split(":")[0]
        purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={architecture}"
        yield package(name, version, "NOASSERTION", purl), is_direct


def package_of(path: str) -> str:
    """Debian's package with that file, which since /lib is a link may be listed under either name."""
    real = str(Path(path).resolve())
    for candidate in (path, real, real.removeprefix("/usr")):
        result = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return result.stdout.split(": ")[0]
    raise LookupError(f"no package has {path}")


def output(*command: object) -> str:
    return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL)
