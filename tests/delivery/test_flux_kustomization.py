"""The Flux Kustomization of each unit, and the content of the entry folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kubeapis import k8s
from kubestrata import (
    ChartRepository,
    Cluster,
    Component,
    Duration,
    HealthCheck,
    HealthExpression,
    Host,
    Namespace,
    Platform,
    Reconcile,
)
from kubestrata.constructs import EncryptedSecret, HelmChart, HelmRelease, Workload
from kubestrata.core.errors import (
    DuplicateObject,
    EncryptionError,
    InvalidReference,
    InvalidValue,
)
from kubestrata.core.value.image import Image
from kubestrata.delivery.deliver import deliver
from tests.small_platform import (
    CHARTS,
    chart,
    config_map,
    files,
    flux,
    kustomization,
    manifest,
    new_cluster,
    new_component,
)

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
    name: token
    namespace: web
stringData:
    key: ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]
sops:
    age:
        - recipient: age1xyz
          enc: text
    mac: ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]
    version: 3.11.0
"""


def encrypted(folder: Path, text: str = SECRET, name: str = "token.enc.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_every_kustomization_is_retried_bounded_pruned_and_waited_for() -> None:
    cluster = new_cluster()
    new_component(cluster)
    assert kustomization(cluster, "web") == {
        "interval": "10m",
        "retryInterval": "2m",
        "timeout": "5m",
        "path": "./dist/c1/apps/web",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        "wait": True,
    }


def test_a_component_may_set_other_times() -> None:
    cluster = new_cluster()
    wish = Reconcile(timeout=Duration("15m"), interval=Duration("1h"), prune=False)
    namespace = Namespace("web", pod_security="restricted")
    Component(cluster, "web", layer="apps", namespace=namespace, reconcile=wish)
    spec = kustomization(cluster, "web")
    assert (spec["timeout"], spec["interval"], spec["prune"]) == ("15m", "1h", False)


def test_without_wait_what_reports_its_health_is_checked() -> None:
    cluster = new_cluster()
    namespace = Namespace("web", pod_security="restricted")
    web = Component(
        cluster, "web", layer="apps", namespace=namespace, reconcile=Reconcile(wait=False)
    )
    Workload(web, "web", image=Image("web:1"))
    config_map(web)
    spec = kustomization(cluster, "web")
    assert "wait" not in spec
    assert spec["healthChecks"] == [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "web"}
    ]


def test_objects_of_a_chart_are_checked_in_place_of_waiting() -> None:
    cluster = new_cluster()
    ready = HealthExpression("example.com/v1", "Database", "status.ready")
    check = HealthCheck("main", "web", ready)
    namespace = Namespace("web", pod_security="restricted")
    web = Component(
        cluster, "web", layer="apps", namespace=namespace, reconcile=Reconcile(checks=[check])
    )
    HelmRelease(web, "app", chart=chart())
    config_map(web)
    spec = kustomization(cluster, "web")
    assert "wait" not in spec
    assert [(each["kind"], each["name"]) for each in spec["healthChecks"]] == [
        ("HelmRelease", "app"),
        ("Database", "main"),
    ]
    assert spec["healthCheckExprs"] == [
        {"apiVersion": "example.com/v1", "kind": "Database", "current": "status.ready"}
    ]


def test_the_entry_folder_holds_sources_and_kustomizations_only() -> None:
    cluster = new_cluster()
    HelmRelease(new_component(cluster), "app", chart=chart())
    kinds = {
        yaml.safe_load(content)["kind"]
        for path, content in files(cluster).items()
        if path.startswith("flux/") and not path.endswith("/kustomization.yaml")
    }
    assert kinds == {"GitRepository", "HelmRepository", "Kustomization"}


def test_every_folder_lists_exactly_its_files() -> None:
    cluster = new_cluster()
    HelmRelease(new_component(cluster), "app", chart=chart())
    tree = files(cluster)
    for path in [path for path in tree if path.endswith("/kustomization.yaml")]:
        folder = path.rpartition("/")[0]
        there = {name.rpartition("/")[2] for name in tree if name.rpartition("/")[0] == folder}
        assert set(manifest(cluster, path)["resources"]) == there - {"kustomization.yaml"}


def test_a_repository_used_twice_is_one_source() -> None:
    cluster = new_cluster()
    for name in ("one", "two"):
        HelmRelease(new_component(cluster, name), name, chart=chart(name))
    sources = [path for path in files(cluster) if path.endswith("helmrepository.yaml")]
    assert sources == ["flux/charts-helmrepository.yaml"]
    spec = manifest(cluster, "apps/two/two-helmrelease.yaml")["spec"]["chart"]["spec"]
    assert spec["sourceRef"] == {
        "kind": "HelmRepository",
        "name": "charts",
        "namespace": "flux-system",
    }


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(ChartRepository("charts", "https://elsewhere.example.com"), id="one name"),
        pytest.param(ChartRepository("other", CHARTS.url), id="one address"),
    ],
)
def test_two_sources_for_one_repository_are_refused(other: ChartRepository) -> None:
    cluster = new_cluster()
    HelmRelease(new_component(cluster, "one"), "one", chart=chart())
    HelmRelease(new_component(cluster, "two"), "two", chart=HelmChart("two", "1.0.0", other))
    with pytest.raises(DuplicateObject, match="use one ChartRepository value"):
        files(cluster)


OCI = ChartRepository("oci", "oci://charts.example.com/all/")


def test_a_chart_in_a_registry_is_one_artifact_at_its_version() -> None:
    cluster = new_cluster()
    for name in ("one", "two"):
        HelmRelease(new_component(cluster, name), name, chart=HelmChart("app", "1.0.0+b1", OCI))
    assert not [path for path in files(cluster) if path.endswith("helmrepository.yaml")]
    assert manifest(cluster, "flux/app-ocirepository.yaml")["spec"] == {
        "interval": "1h",
        "url": "oci://charts.example.com/all/app",
        "ref": {"tag": "1.0.0_b1"},
        "layerSelector": {
            "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            "operation": "copy",
        },
    }
    spec = manifest(cluster, "apps/two/two-helmrelease.yaml")["spec"]
    assert "chart" not in spec
    assert spec["chartRef"] == {"kind": "OCIRepository", "name": "app", "namespace": "flux-system"}


def test_two_versions_of_one_chart_in_a_registry_are_refused() -> None:
    cluster = new_cluster()
    app = HelmChart("app", "1.0.0", OCI)
    HelmRelease(new_component(cluster, "one"), "one", chart=app)
    HelmRelease(new_component(cluster, "two"), "two", chart=app.at("2.0.0"))
    with pytest.raises(DuplicateObject, match=r"at '2\.0\.0': is at '1\.0\.0'"):
        files(cluster)


def test_an_encrypted_file_is_passed_through_and_decrypted(tmp_path: Path) -> None:
    cluster = new_cluster()
    EncryptedSecret(new_component(cluster), "token", file=encrypted(tmp_path))
    assert files(cluster)["apps/web/token-secret.enc.yaml"] == SECRET.encode()
    assert "token-secret.enc.yaml" in manifest(cluster, "apps/web/kustomization.yaml")["resources"]
    assert kustomization(cluster, "web")["decryption"] == {
        "provider": "sops",
        "secretRef": {"name": "sops-age"},
    }


def test_only_a_unit_with_an_encrypted_file_decrypts(tmp_path: Path) -> None:
    cluster = new_cluster()
    EncryptedSecret(new_component(cluster), "token", file=encrypted(tmp_path))
    new_component(cluster, "other")
    assert "decryption" not in kustomization(cluster, "other")


def test_an_encrypted_file_in_a_cluster_without_decryption_is_refused(tmp_path: Path) -> None:
    cluster = new_cluster(decrypts=False)
    EncryptedSecret(new_component(cluster), "token", file=encrypted(tmp_path))
    with pytest.raises(EncryptionError, match="cluster c1 has no decryption"):
        files(cluster)


def test_a_key_that_the_secret_has_not_is_refused(tmp_path: Path) -> None:
    made = EncryptedSecret(new_component(new_cluster()), "token", file=encrypted(tmp_path))
    assert made.secret.key("key").key == "key"
    with pytest.raises(InvalidReference, match="it has key"):
        made.secret.key("kye")


PLAIN = SECRET.replace("ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]\nsops", "hunter2\nsops")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(SECRET[: SECRET.index("sops:")], "is not encrypted", id="no sops block"),
        pytest.param(PLAIN, "stringData.key is plain text", id="a plain value"),
        pytest.param(SECRET.replace("    age:", "    egg:"), "has no recipient", id="no recipient"),
        pytest.param(
            SECRET.replace("name: token", "name: other"), "metadata.name", id="another name"
        ),
        pytest.param(SECRET.replace(": web", ": b"), "metadata.namespace", id="another namespace"),
        pytest.param(
            SECRET.replace("Secret", "ConfigMap"), "kind is 'ConfigMap'", id="another kind"
        ),
        pytest.param("a: [", "cannot be read", id="broken YAML"),
        pytest.param(f"{SECRET}---\n{SECRET}", "must contain exactly one", id="two documents"),
    ],
)
def test_a_file_that_is_not_the_encrypted_secret_is_refused(
    tmp_path: Path, text: str, why: str
) -> None:
    component = new_component(new_cluster())
    with pytest.raises(EncryptionError) as caught:
        EncryptedSecret(component, "token", file=encrypted(tmp_path, text))
    assert why in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_missing_or_misnamed_file_is_refused(tmp_path: Path) -> None:
    component = new_component(new_cluster())
    with pytest.raises(EncryptionError, match="No such file"):
        EncryptedSecret(component, "a", file=tmp_path / "none.enc.yaml")
    with pytest.raises(EncryptionError, match=r"must end with \.enc\.yaml"):
        EncryptedSecret(component, "b", file=encrypted(tmp_path, name="token.yaml"))


def test_a_file_whose_metadata_is_encrypted_too_is_passed_through(tmp_path: Path) -> None:
    cipher = "ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]"
    text = SECRET.replace("kind: Secret", f"kind: {cipher}").replace(
        "name: token", f"name: {cipher}"
    )
    cluster = new_cluster()
    EncryptedSecret(new_component(cluster), "token", file=encrypted(tmp_path, text))
    assert files(cluster)["apps/web/token-secret.enc.yaml"] == text.encode()


@pytest.mark.parametrize("version", ["latest", "1.x", ">=1.0.0", "1.2", ""])
def test_a_floating_chart_version_is_refused(version: str) -> None:
    with pytest.raises(InvalidValue, match="is not pinned"):
        HelmChart("app", version, CHARTS)


def test_names_that_are_one_name_to_a_file_system_are_two_files() -> None:
    cluster = new_cluster()
    web = new_component(cluster)
    for number, name in enumerate(("a:b", "a_b", "A:B")):
        k8s.ClusterRole(web, f"role-{number}", metadata=k8s.ObjectMeta(name=name))
    made = [path for path in files(cluster) if "clusterrole" in path]
    assert len({path.casefold() for path in made}) == 3
    listed = manifest(cluster, "apps/web/kustomization.yaml")["resources"]
    assert {f"apps/web/{name}" for name in listed} >= set(made)


def test_flux_may_live_in_another_namespace() -> None:
    delivery = flux(namespace="gitops")
    cluster = Cluster(
        Platform(), "c1", domain=Host("example.com"), delivery=delivery, kubernetes="1.35"
    )
    HelmRelease(new_component(cluster), "app", chart=chart())
    source = manifest(cluster, "apps/web/app-helmrelease.yaml")["spec"]["chart"]["spec"][
        "sourceRef"
    ]
    assert source["namespace"] == "gitops"
    assert manifest(cluster, "flux/charts-helmrepository.yaml")["metadata"]["namespace"] == "gitops"
    assert kustomization(cluster, "web")["sourceRef"]["name"] == "flux-system"


def test_every_written_file_knows_the_line_that_caused_it() -> None:
    cluster = new_cluster()
    HelmRelease(new_component(cluster), "app", chart=chart())
    made = {file.path: file for file in deliver(cluster).files}
    assert made["c1/apps/web/app-helmrelease.yaml"].origin.path == "c1/web/app-release/app"
    assert made["c1/flux/web-kustomization.yaml"].origin.path == "c1/web"
    assert made["c1/flux/charts-helmrepository.yaml"].origin.path == "c1/web"
    assert all(file.origin.line for file in made.values())
