"""The bindings that the project commits: complete, loaded one kind at a time, typed."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubeapis import cert_manager, fluxcd, gateway, k8s, kyverno, prometheus
from kubestrata.bindings import IndexedKind, check, check_untouched, read_index
from kubestrata.bindings.source.mirror import open_mirror
from kubestrata.bindings.tree.lock import read_lock
from kubestrata.core.struct import Struct
from tests.bindings.project import MIRROR, ROOT, needs_mirror
from tests.type_check import mypy

IMPORTS = ROOT / "imports"
TREE = IMPORTS / "kubeapis"
KINDS = read_index(TREE)
TELLING = ("kubeapis", "yaml", "jsii", "cdk8s")
SENTENCES = ("description", "title", "example", "message", "messageExpression")


def test_the_tree_is_unedited() -> None:
    assert check_untouched(IMPORTS) == []


@needs_mirror
def test_the_tree_is_up_to_date_with_its_sources() -> None:
    lock = read_lock(IMPORTS)
    assert lock is not None
    mirrored = open_mirror(MIRROR).files
    lacking = [each for each in lock.sources if "://" in each and each not in mirrored]
    if lacking:
        pytest.skip(f"the schema mirror lacks {', '.join(lacking)}")
    assert check(ROOT / "cdk8s.yaml", IMPORTS, MIRROR) == []


def misplaced(kind: IndexedKind) -> bool:
    """Return True if a kind is not where and what the index says."""
    made = getattr(importlib.import_module(f"kubeapis.{kind.module}"), kind.kind)
    api_version = f"{kind.group}/{kind.version}" if kind.group else kind.version
    found = (made.api_version, made.kind, made.namespaced)
    schema = json.loads((TREE / kind.schema).read_text())
    if kind.definition:
        schema = schema["definitions"][kind.definition]
    return found != (api_version, kind.kind, kind.namespaced) or schema["type"] != "object"


def test_every_kind_is_where_the_index_says() -> None:
    assert [f"{each.module}.{each.kind}" for each in KINDS if misplaced(each)] == []
    assert len(KINDS) > 500


def modules() -> list[str]:
    paths = sorted(TREE.rglob("*.py"))
    return [".".join(path.relative_to(IMPORTS).with_suffix("").parts) for path in paths]


def test_every_struct_can_be_converted() -> None:
    found = 0
    for name in modules():
        module = importlib.import_module(name.removesuffix(".__init__"))
        for each in list(vars(module).values()):
            if inspect.isclass(each) and issubclass(each, Struct) and each.__module__ == name:
                found += 1
                with suppress(msgspec.ValidationError):  # a required field; never a TypeError
                    msgspec.convert({}, each)
    assert found > 1500


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema, and every validation rule."""
    if isinstance(value, dict):
        yield value
        for key, each in value.items():
            if key in ("properties", "definitions", "$defs"):
                for inner in each.values():
                    yield from schemas(inner)
            elif key not in ("default", "enum"):
                yield from schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas(each)


def test_schemas_hold_no_sentence() -> None:
    paths = sorted({kind.schema for kind in KINDS})
    offenders = {
        f"{path}: {key}"
        for path in paths
        for schema in schemas(json.loads((TREE / path).read_text()))
        for key in SENTENCES
        if isinstance(schema.get(key), str)
    }
    assert offenders == set()
    assert len(paths) > 400


def loaded(statement: str) -> list[str]:
    """The generated and other telling modules that a statement loads in a fresh process."""
    code = f"import sys; sys.path[:0] = {[str(ROOT / 'lib'), str(IMPORTS)]!r}\n{statement}\n"
    code += f"print(*(m for m in sys.modules if m.split('.')[0] in {TELLING!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=IMPORTS
    )
    return sorted(done.stdout.split())


def test_the_root_loads_nothing() -> None:
    assert loaded("import kubeapis") == ["kubeapis"]


def test_a_custom_kind_loads_its_own_module_and_then_shared_ones() -> None:
    kind = [
        "kubeapis",
        "kubeapis.gateway",
        "kubeapis.gateway.v1",
        "kubeapis.gateway.v1.http_route",
    ]
    assert loaded("from kubeapis import gateway; gateway.HTTPRoute") == kind
    struct = "from kubeapis import gateway; gateway.HTTPRouteSpecRules"
    assert loaded(struct) == [*kind, "kubeapis.gateway.v1.shared", "kubeapis.k8s"]


def test_a_builtin_kind_loads_other_modules_when_it_is_used() -> None:
    kind = ["kubeapis", "kubeapis.k8s", "kubeapis.k8s.apps_v1"]
    assert loaded("from kubeapis import k8s; k8s.Deployment") == kind
    spec = "from kubeapis import k8s; import typing; typing.get_type_hints(k8s.DeploymentSpec)"
    assert loaded(spec) == [*kind, "kubeapis.k8s.core_v1", "kubeapis.k8s.meta_v1"]


def test_the_stable_and_newest_version_is_exported() -> None:
    assert k8s.Deployment.api_version == "apps/v1"
    assert k8s.HorizontalPodAutoscaler.api_version == "autoscaling/v2"
    assert k8s.Event.api_version == "v1"
    assert k8s.ResourceClaim.api_version == "resource.k8s.io/v1"
    assert k8s.ObjectMeta.__module__ == "kubeapis.k8s.meta_v1"
    assert k8s.Subject.__module__ == "kubeapis.k8s.rbac_v1"
    assert fluxcd.HelmRelease.api_version == "helm.toolkit.fluxcd.io/v2"
    assert fluxcd.GitRepository.api_version == "source.toolkit.fluxcd.io/v1"
    assert gateway.v1beta1.HTTPRoute.api_version == "gateway.networking.k8s.io/v1beta1"
    assert cert_manager.ClusterIssuer.namespaced is False
    assert kyverno.ClusterPolicy.api_version == "kyverno.io/v1"
    assert prometheus.AlertmanagerConfig.api_version == "monitoring.coreos.com/v1alpha1"


def test_exports_are_sorted_and_complete() -> None:
    for name in ("k8s", "fluxcd", "gateway", "cert_manager", "kyverno", "prometheus"):
        package = importlib.import_module(f"kubeapis.{name}")
        assert package.__all__ == sorted(package.__all__) == dir(package)
        assert all(hasattr(package, export) for export in package.__all__)
        stored = {kind.kind for kind in KINDS if kind.package == name and kind.storage}
        several = {"PolicyException"} if name == "kyverno" else set[str]()
        assert stored - several <= set(package.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    for name in ("HttpRoute", "HTTPRouteSpecNothing", "_HTTPRouteBody", "v9"):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(gateway, name)


def test_objects_render_their_wire_names() -> None:
    template = k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(labels={"app": "a"}),
        spec=k8s.PodSpec(
            containers=[
                k8s.Container(
                    name="a",
                    image="a:1",
                    ports=[k8s.ContainerPort(container_port=8080)],
                    resources=k8s.ResourceRequirements(requests={"cpu": "10m", "memory": 1}),
                    liveness_probe=k8s.Probe(http_get=k8s.HTTPGetAction(port="http")),
                )
            ],
            host_ipc=False,
        ),
    )
    claims = [k8s.EmbeddedPersistentVolumeClaim(metadata=k8s.ObjectMeta(name="data"))]
    container = {
        "name": "a",
        "image": "a:1",
        "ports": [{"containerPort": 8080}],
        "resources": {"requests": {"cpu": "10m", "memory": 1}},
        "livenessProbe": {"httpGet": {"port": "http"}},
    }
    pod = {"containers": [container], "hostIPC": False}
    expected: list[tuple[Struct, dict[str, Any]]] = [
        (
            k8s.StatefulSetSpec(
                selector=k8s.LabelSelector(match_labels={"app": "a"}),
                template=template,
                volume_claim_templates=claims,
            ),
            {
                "selector": {"matchLabels": {"app": "a"}},
                "template": {"metadata": {"labels": {"app": "a"}}, "spec": pod},
                "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
            },
        ),
        (
            gateway.HTTPRouteSpec(
                hostnames=["a.example.org"],
                rules=[
                    gateway.HTTPRouteSpecRules(
                        backend_refs=[gateway.HTTPRouteSpecRulesBackendRefs(name="a", port=80)]
                    )
                ],
            ),
            {
                "hostnames": ["a.example.org"],
                "rules": [{"backendRefs": [{"name": "a", "port": 80}]}],
            },
        ),
        (
            cert_manager.CertificateSpec(
                is_ca=True,
                secret_name="a-tls",
                issuer_ref=cert_manager.CertificateSpecIssuerRef(name="ca"),
            ),
            {"isCA": True, "secretName": "a-tls", "issuerRef": {"name": "ca"}},
        ),
        (k8s.NetworkPolicyIngressRule(from_=[]), {"from": []}),
        (
            k8s.JSONSchemaProps(ref="#/a", not_=k8s.JSONSchemaProps(type="string")),
            {"$ref": "#/a", "not": {"type": "string"}},
        ),
    ]
    for built, plain in expected:
        assert msgspec.to_builtins(built) == plain
        assert msgspec.convert(plain, type(built)) == built


MISUSE = """
from constructs import Construct
from kubeapis import cert_manager, gateway, k8s

def build(scope: Construct) -> None:
    gateway.HTTPRoute(scope, "a", spec=gateway.HTTPRouteSpec(hostnames=["a"]))
    gateway.v1beta1.HTTPRoute(scope, "a", spec=gateway.v1beta1.HTTPRouteSpec())
    k8s.ConfigMap(scope, "b", metadata=k8s.ObjectMeta(name="b"), data={"a": "b"})
    k8s.core_v1.ServiceSpec(type="ClusterIP")
    gateway.HTTPRouteSpec(hostname=["a"])
    gateway.HTTPRouteSpec(["a"])
    gateway.HTTPRoute(scope, "a")
    cert_manager.CertificateSpec(secret_name="x")
    cert_manager.CertificateSpec(secret_name=3, issuer_ref={"name": "x"})
    gateway.Nothing
"""


def test_type_checkers_find_misuse_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(MISUSE)
    done = mypy(tmp_path, "--hide-error-context", "use.py", path=[ROOT / "lib", IMPORTS])
    lines = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.split(": error: ")[0] + line.rpartition("  ")[2] for line in lines] == [
        "use.py:10[call-arg]",
        "use.py:11[call-arg]",
        "use.py:12[call-arg]",
        "use.py:13[call-arg]",
        "use.py:14[arg-type]",
        "use.py:14[arg-type]",
        "use.py:15[attr-defined]",
    ], done.stdout + done.stderr
