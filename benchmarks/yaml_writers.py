"""The YAML writer compared with libraries: strings that Helm misreads, and seconds.

Run `python benchmarks/yaml_writers.py`. A string counts as lost if it comes back changed, or
not at all, as a value or as a key. ruamel.yaml takes part where it is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import runpy
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import helm_python
import yaml

from kubestrata.core.yaml_scalar import write_line
from kubestrata.core.yaml_text import dump

OBJECTS = 1600
ROUNDS = 5
STRINGS = Path(__file__).resolve().parent.parent / "tests" / "core" / "yaml_strings.py"

Document = Mapping[str, object]
Writer = Callable[[Document], str]


class _Quoting(yaml.CSafeDumper):
    """The remedy within PyYAML: quote each string that is not proved plain, share nothing."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    line = write_line(text)
    style = "|" if "\n" in text else line[0] if line != text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Quoting.add_representer(str, _represent_text)


def _pyyaml(dumper: type[Any]) -> Writer:
    def write(document: Document) -> str:
        return yaml.dump(
            document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1_000_000
        )

    return write


def _ruamel() -> dict[str, Writer]:
    if importlib.util.find_spec("ruamel") is None:
        return {}
    library = importlib.import_module("ruamel.yaml")

    def write(document: Document) -> str:
        writer = library.YAML(typ="safe", pure=True)
        writer.default_flow_style = False
        writer.width = 1_000_000
        stream = io.StringIO()
        writer.dump(document, stream)
        return stream.getvalue()

    return {"ruamel.yaml, pure Python": write}


WRITERS: dict[str, Writer] = {
    "kubestrata": dump,
    "PyYAML, C": _pyyaml(yaml.CSafeDumper),
    "PyYAML, C, quoting representer": _pyyaml(_Quoting),
    "PyYAML, pure Python": _pyyaml(yaml.SafeDumper),
    **_ruamel(),
}


def deployment(number: int) -> Document:
    """An object of usual size, about 45 lines."""
    name = f"app-{number}"
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"}
    container = {
        "name": "app",
        "image": f"ghcr.io/acme/{name}:1.{number % 30}.0@sha256:{number * 7919:064x}",
        "args": ["--listen=:8080", "--log-level=info"],
        "env": [
            {"name": "PORT", "value": "8080"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": name, "key": "token"}}},
        ],
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
        "securityContext": {"readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - in the container
    }
    pod = {"containers": [container], "volumes": [{"name": "tmp", "emptyDir": {}}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": f"team-{number % 40}", "labels": labels},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": dict(labels)},
            "template": {"metadata": {"labels": dict(labels)}, "spec": pod},
        },
    }


def is_read_back(write: Writer, document: Document) -> bool:
    """Return True if Helm reads back the same document."""
    try:
        return helm_python.values_from_yaml(write(document)) == document
    except Exception:  # noqa: BLE001 - a library may fail in any way
        return False


def lost(write: Writer, texts: list[str]) -> int:
    """Return the number of strings that are lost as a value or as a key."""
    return sum(not is_read_back(write, {"value": text, "keys": {text: [text]}}) for text in texts)


def seconds(write: Writer, documents: list[Document]) -> float:
    """Return the seconds to write all documents."""
    start = time.perf_counter()
    for document in documents:
        write(document)
    return time.perf_counter() - start


def main() -> None:
    """Measure in turns, and print the table."""
    texts = [text for text in runpy.run_path(str(STRINGS))["tricky_strings"]() if text != "<<"]
    documents = [deployment(number) for number in range(OBJECTS)]
    times: dict[str, list[float]] = {name: [] for name in WRITERS}
    for _ in range(ROUNDS):
        for name, write in WRITERS.items():
            times[name].append(seconds(write, documents))
    print(f"| writer | lost of {len(texts):,} strings | seconds for {OBJECTS:,} Deployments |")
    print("| --- | --- | --- |")
    for name, write in WRITERS.items():
        print(f"| {name} | {lost(write, texts):,} | {median(times[name]):.3f} |")


if __name__ == "__main__":
    main()
