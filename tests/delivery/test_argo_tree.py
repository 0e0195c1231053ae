"""Trees that Argo CD delivers, as the reader of plain trees sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeapis import k8s
from kubestrata import (
    ArgoCd,
    Cluster,
    Component,
    Flux,
    GitRepository,
    Host,
    Image,
    Namespace,
    Platform,
    Reconcile,
    RemoteManifests,
)
from kubestrata.constructs import (
    HelmComponent,
    JobSettings,
    OpenNetwork,
    RunOnce,
    Scaling,
    Workload,
)
from kubestrata.core.cluster import Delivery
from kubestrata.core.errors import GraphError
from kubestrata.core.json_value import Manifest
from kubestrata.delivery.argo_cd import ArgoLayout
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered, DeliveredCluster
from kubestrata.gitops import from_folder
from kubestrata.helm.store import ChartStore
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.cluster_tree import trees_of
from tests.delivery.argo import REPOSITORY, argo_cluster, objects, shelf
from tests.kustomize import kustomize
from tests.small_platform import chart, config_map, new_component

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: certificates.cert-manager.io}
spec:
  group: cert-manager.io
  scope: Namespaced
  names: {kind: Certificate, plural: certificates, singular: certificate}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def fill(cluster: Cluster) -> Cluster:
    """Components in two layers, one of them with a chart whose CRDs others need."""
    home = Namespace("cert-manager", pod_security="restricted")
    provides = chart("operator", provides=("cert-manager.io",))
    operator = HelmComponent(
        cluster, "operator", layer="infrastructure", namespace=home, chart=provides
    )
    dns = new_component(cluster, "dns", layer="infrastructure")
    dns.needs(operator)
    zone = config_map(dns, "zone")
    web = new_component(cluster)
    web.needs(zone.ref)
    Workload(web, "web", image=Image("web:1.2.3"), scaling=Scaling(min=2, max=4))
    config_map(new_component(cluster, "shop"), "stock")
    return cluster


def written(delivered: DeliveredCluster, top: Path) -> ClusterTree:
    """Write a tree into a repository, and read it as a plain one."""
    for file in delivered.files:
        path = top / "dist" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    (tree,) = from_folder(top)
    return tree


def manifests(tree: ClusterTree) -> dict[str, str]:
    return {
        str(each.identity): json.dumps(each.manifest, sort_keys=True, default=str)
        for each in tree.subjects
    }


@pytest.fixture
def store(tmp_path: Path) -> ChartStore:
    return shelf(tmp_path, crds=CRD)


@pytest.mark.parametrize("layout", ["applications", "application-sets"])
def test_the_written_tree_has_the_same_objects_in_the_same_applications(
    tmp_path: Path, store: ChartStore, layout: ArgoLayout
) -> None:
    delivered = deliver(fill(argo_cluster(layout=layout)), store)
    (generated,) = trees_of(Delivered([delivered]))
    plain = written(delivered, tmp_path / "repository")
    assert manifests(plain) == manifests(generated)
    assert {str(each.identity): str(each.unit) for each in plain.subjects if each.unit} == {
        str(each.identity): str(each.unit) for each in generated.subjects if each.unit
    }
    assert not plain.faults
    assert not plain.unchecked


def with_sources(cluster: Cluster) -> Cluster:
    """Components that one template does not make: charts, another repository, nothing pruned."""
    source = RemoteManifests(url="https://git.example.com/other", tag="v1.2.3", path="deploy")
    remote = Component(cluster, "crds", layer="infrastructure", source=source)
    home = Namespace("cert-manager", pod_security="restricted")
    operator = HelmComponent(
        cluster,
        "operator",
        layer="infrastructure",
        namespace=home,
        chart=chart("operator", provides=("cert-manager.io",)),
        values={"message": "{{ $labels.pod }}", "replicas": 2},
    )
    operator.needs(remote)
    alone = HelmComponent(
        cluster,
        "alone",
        layer="infrastructure",
        namespace=operator.home_namespace,
        chart=chart("alone"),
    )
    alone.needs(operator)
    kept = Component(cluster, "kept", layer="apps", reconcile=Reconcile(prune=False))
    kept.declare(Namespace("kept", pod_security="restricted"))
    k8s.ConfigMap(kept, "stock", metadata=k8s.ObjectMeta(namespace="kept"))
    web = new_component(cluster)
    web.needs(kept)
    config_map(web)
    return cluster


def applications(tree: ClusterTree) -> dict[str, Manifest]:
    found = (each.subject.manifest for each in tree.units.values())
    return {each["metadata"]["name"]: each for each in found}


def test_application_sets_make_the_applications_of_charts_and_other_repositories(
    tmp_path: Path,
) -> None:
    delivered = deliver(with_sources(argo_cluster(layout="application-sets", charts="source")))
    (generated,) = trees_of(Delivered([delivered]))
    plain = written(delivered, tmp_path / "repository")
    assert applications(plain) == applications(generated)
    made = applications(plain)
    assert set(made) == {"c1-root", "alone", "crds", "kept", "operator", "web"}
    single = deliver(with_sources(argo_cluster(charts="source")))
    for unit in single.units:
        one = unit.applied_by.manifest
        assert one is not None
        assert made[one["metadata"]["name"]]["spec"] == one["spec"]
    assert not plain.faults


def test_values_of_charts_keep_their_braces(tmp_path: Path) -> None:
    delivered = deliver(with_sources(argo_cluster(layout="application-sets", charts="source")))
    made = applications(written(delivered, tmp_path / "repository"))
    (_, source) = made["operator"]["spec"]["sources"]
    assert source["helm"]["valuesObject"] == {"message": "{{ $labels.pod }}", "replicas": 2}


def test_an_application_set_prunes_nothing_of_a_component_that_is_kept(tmp_path: Path) -> None:
    delivered = deliver(with_sources(argo_cluster(layout="application-sets", charts="source")))
    made = applications(written(delivered, tmp_path / "repository"))
    prunes = {
        name: (each["spec"]["syncPolicy"]["automated"]["prune"], "finalizers" in each["metadata"])
        for name, each in made.items()
    }
    assert prunes.pop("c1-root") == (True, False)
    assert prunes.pop("kept") == (False, False)
    assert set(prunes.values()) == {(True, True)}


def test_objects_that_are_never_deleted_do_not_stop_a_rollout() -> None:
    made = objects(deliver(with_sources(argo_cluster(layout="application-sets", charts="source"))))
    extraneous = {
        path
        for path, each in made.items()
        if each["metadata"].get("annotations", {}).get("argocd.argoproj.io/compare-options")
    }
    assert extraneous == {
        "apps/kept/kept-namespace.yaml",
        "apps/kept/stock-configmap.yaml",
        "apps/web/web-namespace.yaml",
        "infrastructure/operator/cert-manager-namespace.yaml",
    }
    single = objects(deliver(with_sources(argo_cluster(charts="source"))))
    assert not any("compare-options" in str(each) for each in single.values())


def test_suspended_jobs_do_not_stop_a_rollout() -> None:
    cluster = argo_cluster(layout="application-sets")
    cluster.offer(OpenNetwork())
    web = new_component(cluster)
    suspended = JobSettings(retries=0, timeout_seconds=None, suspended=True)
    RunOnce(web, "repair", image=Image("web:1.2.3"), job=suspended)
    RunOnce(web, "migrate", image=Image("web:1.2.3"))
    ignored = {
        each["metadata"]["name"].rpartition("-")[0]: "argocd.argoproj.io/ignore-healthcheck"
        in each["metadata"].get("annotations", {})
        for each in objects(deliver(cluster)).values()
        if each["kind"] == "Job"
    }
    assert ignored == {"repair": True, "migrate": False}


def test_application_sets_roll_out_in_the_derived_order(store: ChartStore) -> None:
    delivered = deliver(fill(argo_cluster(layout="application-sets")), store)
    made = objects(delivered)
    infrastructure = made["argocd/infrastructure-applicationset.yaml"]
    assert infrastructure["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "0"}
    steps = infrastructure["spec"]["strategy"]["rollingSync"]["steps"]
    assert [step["matchExpressions"][0]["values"] for step in steps] == [["0"], ["1"]]
    apps = made["argocd/apps-applicationset.yaml"]
    assert apps["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "3"}
    waves = {
        each.applied_by.manifest["metadata"]["name"]: each.wave
        for each in delivered.units
        if each.applied_by.manifest
    }
    assert waves == {"operator": (0, 0), "dns": (0, 1), "shop": (3, 0), "web": (3, 0)}


def test_application_sets_refuse_a_dependency_on_a_later_layer() -> None:
    cluster = argo_cluster(layout="application-sets")
    late = config_map(new_component(cluster))
    new_component(cluster, "dns", layer="infrastructure").needs(late.ref)
    with pytest.raises(GraphError, match=r"component 'dns': waits for web of the later layer apps"):
        deliver(cluster)


def test_every_folder_can_be_built(tmp_path: Path, store: ChartStore) -> None:
    delivered = deliver(fill(argo_cluster()), store)
    written(delivered, tmp_path / "repository")
    lists = sorted((tmp_path / "repository").rglob("kustomization.yaml"))
    assert len(lists) == 5
    for each in lists:
        done = kustomize(each.parent, check=False)
        assert done.returncode == 0, done.stderr


def _flux() -> Delivery:
    return Flux(repository=GitRepository(url=REPOSITORY))


def _argo() -> Delivery:
    return ArgoCd(repository=GitRepository(url=REPOSITORY))


def component_objects(delivery: Callable[[], Delivery]) -> dict[str, object]:
    """Objects that one component applies with a delivery."""
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=delivery(),
        kubernetes="1.35",
        offers=[OpenNetwork()],
    )
    component = new_component(cluster)
    Workload(component, "web", image=Image("web:1.2.3"), scaling=Scaling(min=2, max=4))
    found = objects(deliver(cluster))
    return {path: each for path, each in found.items() if path.startswith("apps/")}


def test_one_component_differs_between_flux_and_argo_cd_by_what_protects_its_namespace() -> None:
    by_flux, by_argo = component_objects(_flux), component_objects(_argo)
    assert by_flux.keys() == by_argo.keys()
    assert [path for path in by_flux if by_flux[path] != by_argo[path]] == [
        "apps/web/web-namespace.yaml"
    ]


def test_a_generator_lists_only_folders_that_exist(tmp_path: Path) -> None:
    cluster = argo_cluster(layout="application-sets")
    config_map(new_component(cluster))
    new_component(cluster, "config")
    plain = written(deliver(cluster), tmp_path)
    assert not plain.listed
    made = objects(deliver(cluster))["argocd/apps-applicationset.yaml"]
    assert made["spec"]["generators"][0]["git"]["directories"] == [{"path": "dist/c1/apps/*"}]


def test_the_output_alone_is_read_as_the_whole_repository(
    tmp_path: Path, store: ChartStore
) -> None:
    delivered = deliver(fill(argo_cluster(layout="application-sets")), store)
    whole = written(delivered, tmp_path)
    (part,) = from_folder(tmp_path / "dist")
    assert manifests(part) == manifests(whole)
    assert (part.faults, part.listed) == ([], [])
