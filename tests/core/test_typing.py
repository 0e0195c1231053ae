"""Type checking of bodies finds mistakes that untyped bindings accept."""

from __future__ import annotations

from pathlib import Path

from tests.type_check import mypy

ROOT = Path(__file__).resolve().parents[2]

WRONG = """\
from kubeapis import fluxcd, gateway, k8s
from kubestrata import Component


def wrong(component: Component) -> None:
    k8s.ContainerPort(containr_port=80)
    k8s.ContainerPort(container_port="80")
    k8s.ContainerPort()
    k8s.PodSpec(containers=[{"name": "a"}])
    gateway.HTTPRouteSpecParentRefs(nam="a")
    fluxcd.HelmReleaseSpecDriftDetection(mode="sometimes")
    k8s.ConfigMap(component, "a", dta={})
    k8s.PriorityClass(component, "a")


def right(component: Component) -> None:
    port = k8s.ContainerPort(container_port=80, protocol="TCP")
    k8s.Pod(component, "a", spec=k8s.PodSpec(containers=[k8s.Container(name="a", ports=[port])]))
    fluxcd.HelmReleaseSpecDriftDetection(mode="enabled")
    gateway.HTTPRoute(component, "a", spec=gateway.HTTPRouteSpec(hostnames=["a.example.com"]))
"""


def test_mypy_finds_each_wrong_line_and_no_right_one(tmp_path: Path) -> None:
    (tmp_path / "bodies.py").write_text(WRONG)
    done = mypy(tmp_path, "bodies.py", path=[ROOT / "lib", ROOT / "imports"])
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    lines = sorted({int(line.split(":")[1]) for line in errors})
    assert lines == list(range(6, 14)), done.stdout + done.stderr
    assert 'Unexpected keyword argument "containr_port"' in done.stdout
    assert 'Missing named argument "value"' in done.stdout
