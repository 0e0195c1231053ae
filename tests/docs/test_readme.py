"""The README's example runs, and becomes what the README says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kubestrata import Cluster, Host, Namespace, Platform, Reference
from kubestrata.cli.command import COMMANDS
from kubestrata.constructs import GatewayReference, Gateways
from main import build
from tests.small_platform import files, flux, new_component

README = Path(__file__).resolve().parents[2] / "README.md"


def block(language: str, number: int = 0) -> str:
    text: str = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)[number]
    return text


def example() -> Cluster:
    cluster = Cluster(
        Platform(),
        "home",
        domain=Host("example.com"),
        delivery=flux(),
        kubernetes="1.35",
        provided_groups=["gateway.networking.k8s.io"],
    )
    traefik = new_component(
        cluster,
        "traefik",
        layer="infrastructure",
        namespace=Namespace("traefik", pod_security="privileged"),
    )
    gateway = Reference(traefik, "gateway.networking.k8s.io", "Gateway", "gateway", "traefik")
    scope: dict[str, Any] = {}
    exec(compile(block("python"), "README.md", "exec"), scope)
    cluster.offer(Gateways(private=GatewayReference(gateway, "websecure", Host("example.com"))))
    scope["Podinfo"](cluster)
    return cluster


def test_the_component_becomes_the_files_that_the_readme_lists() -> None:
    made = [path for path in sorted(files(example())) if path.startswith("apps/podinfo/")]
    assert made == block("text").split()


def test_the_kustomization_is_as_the_readme_shows() -> None:
    assert files(example())["flux/podinfo-kustomization.yaml"].decode() == block("yaml")


def test_an_app_takes_five_lines() -> None:
    body = block("python").split("def __init__")[1].strip().splitlines()
    assert len([line for line in body if line]) <= 5


def test_every_file_that_the_readme_links_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target


def test_the_readme_lists_every_cluster_with_its_number_of_components() -> None:
    rows = re.findall(
        r"^\| \[([\w-]+)\]\(charts/clusters/.* (\d+) \|$", README.read_text(), re.MULTILINE
    )
    built = {each.name: len(list(each.components)) for each in build().clusters}
    assert {name: int(count) for name, count in rows} == built


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `kubestrata (\w+)", README.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)
