"""Writes the workload in the languages of other tools, each app from the facts of workload.py.

What does not depend on an app is in `alternatives/`, as a user would write it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from environment import BENCHMARKS
from workload import NAMESPACE, AppFacts

SOURCES = BENCHMARKS / "alternatives"


def _camel_case(facts: AppFacts) -> dict[str, Any]:
    """Return the facts of an app, named as YAML, KCL and JavaScript name fields."""
    fields = asdict(facts)
    return {"maxReplicas": fields.pop("max_replicas"), **fields}


def _write_yaml(path: Path, *documents: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump_all(documents, sort_keys=False), encoding="utf-8")


def write_json(folder: Path, apps: Sequence[AppFacts]) -> None:
    """Write `apps.json`, what programs in JavaScript read."""
    folder.mkdir(parents=True)
    text = json.dumps([_camel_case(facts) for facts in apps], indent=2)
    (folder / "apps.json").write_text(text, encoding="utf-8")


def write_kcl(folder: Path, apps: Sequence[AppFacts]) -> None:
    """Write a KCL program: a schema of an app, its objects, and the list of apps."""
    shutil.copytree(SOURCES / "kcl", folder)
    entries = "".join(f"    App {json.dumps(_camel_case(facts))}\n" for facts in apps)
    (folder / "apps.k").write_text(f"_apps: [App] = [\n{entries}]\n", encoding="utf-8")


def write_chart(folder: Path, apps: Sequence[AppFacts]) -> None:
    """Write a Helm chart that loops over the apps in its values."""
    shutil.copytree(SOURCES / "chart", folder)
    _write_yaml(folder / "values.yaml", {"apps": [_camel_case(facts) for facts in apps]})


def write_kustomize(folder: Path, apps: Sequence[AppFacts]) -> None:
    """Write a kustomize tree: the base, an overlay for each app, and a root that lists them."""
    shutil.copytree(SOURCES / "kustomize", folder)
    for facts in apps:
        _write_overlay(folder / "apps" / facts.name, facts)
    overlays = [f"apps/{facts.name}" for facts in apps]
    _write_yaml(folder / "kustomization.yaml", _kustomization(["namespace.yaml", *overlays]))


def _kustomization(resources: Sequence[str], **fields: Any) -> dict[str, Any]:
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return {**head, "resources": list(resources), **fields}


def _write_overlay(folder: Path, facts: AppFacts) -> None:
    folder.mkdir(parents=True)
    files = {name: text for name, text in facts.settings.items() if "\n" in text}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    literals = [f"{name}={text}" for name, text in facts.settings.items() if name not in files]
    _write_yaml(folder / "patch.yaml", *_patches(facts))
    image, _, tag = facts.image.rpartition(":")
    overlay = _kustomization(
        ["../../base"],
        namespace=NAMESPACE,
        namePrefix=f"{facts.name}-",
        labels=[
            {"pairs": {"app.kubernetes.io/name": facts.name}, "includeSelectors": True},
            {"pairs": {"app.kubernetes.io/version": tag}, "includeTemplates": True},
        ],
        images=[{"name": "app", "newName": image, "newTag": tag}],
        configMapGenerator=[{"name": "config", "literals": literals, "files": list(files)}],
        generatorOptions={
            "disableNameSuffixHash": True,
            "labels": {"app.kubernetes.io/part-of": NAMESPACE},
        },
        patches=[{"path": "patch.yaml"}],
    )
    _write_yaml(folder / "kustomization.yaml", overlay)


def _patches(facts: AppFacts) -> list[dict[str, Any]]:
    requests = {"cpu": facts.cpu, "memory": facts.memory}
    container = {
        "name": "server",
        "ports": [{"name": "http", "containerPort": facts.port, "protocol": "TCP"}],
        "env": [{"name": "PORT", "value": str(facts.port)}],
        "resources": {"requests": requests, "limits": {"memory": facts.memory}},
    }
    replicas = {"minReplicas": facts.replicas, "maxReplicas": facts.max_replicas}
    template = {"spec": {"containers": [container]}}
    return [
        _patch("apps/v1", "Deployment", "server", replicas=facts.replicas, template=template),
        _patch("autoscaling/v2", "HorizontalPodAutoscaler", "scaler", **replicas),
        _patch("gateway.networking.k8s.io/v1", "HTTPRoute", "route", hostnames=[facts.host]),
    ]


def _patch(api_version: str, kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, "spec": spec}
