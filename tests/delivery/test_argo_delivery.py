"""Argo CD's Applications and projects of a cluster, and the objects that they apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeapis import k8s
from kubestrata import (
    ArgoCd,
    ChartRepository,
    Cluster,
    Component,
    Cron,
    Duration,
    GitRepository,
    Host,
    Image,
    Namespace,
    Platform,
    ProjectRole,
    Reconcile,
    RemoteManifests,
    SyncRetry,
    SyncWindow,
)
from kubestrata.constructs import (
    EncryptedSecret,
    HelmChart,
    HelmRelease,
    JobSettings,
    Patch,
    PatchStep,
    RunOnce,
    SecretReference,
    SharedValues,
    ValuesFrom,
)
from kubestrata.constructs.helm import Drift, IgnoredDrift, ReleasePolicy
from kubestrata.core.errors import DuplicateObject, EncryptionError, GraphError, InvalidValue
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import Delivered
from kubestrata.rules.argo_sync import WAVE
from kubestrata.rules.settings import Settings
from kubestrata.synth.check import check_delivered
from tests.delivery.argo import REPOSITORY, argo_cluster, entry, objects, shelf
from tests.small_platform import CHARTS, chart, config_map, new_component

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {size: "{{ .Values.size }}", colour: "{{ .Values.colour }}"}
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Thing, plural: things, singular: thing}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def test_an_application_heals_prunes_last_and_keeps_fields_of_others() -> None:
    cluster = argo_cluster(retry=SyncRetry(limit=3))
    new_component(cluster)
    made = entry(cluster, "web-application")
    assert made["metadata"] == {
        "name": "web",
        "namespace": "argocd",
        "annotations": {"argocd.argoproj.io/sync-wave": "0"},
        "finalizers": ["resources-finalizer.argocd.argoproj.io"],
    }
    assert made["spec"] == {
        "project": "apps",
        "source": {"repoURL": REPOSITORY, "path": "dist/c1/apps/web", "targetRevision": "main"},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [
                "ServerSideApply=true",
                "ApplyOutOfSyncOnly=true",
                "PruneLast=true",
                "RespectIgnoreDifferences=true",
            ],
            "retry": {
                "limit": 3,
                "backoff": {"duration": "10s", "factor": 2, "maxDuration": "3m"},
            },
        },
    }


def test_the_root_applies_its_own_folder() -> None:
    cluster = argo_cluster()
    new_component(cluster)
    made = entry(cluster, "c1-root-application")
    assert made["spec"]["source"]["path"] == "dist/c1/argocd"
    assert "finalizers" not in made["metadata"]
    assert entry(cluster, "c1-root-appproject")["spec"]["namespaceResourceWhitelist"] == [
        {"group": "", "kind": "Secret"},
        {"group": "argoproj.io", "kind": "AppProject"},
        {"group": "argoproj.io", "kind": "Application"},
        {"group": "argoproj.io", "kind": "ApplicationSet"},
    ]


def test_a_project_allows_what_its_layer_uses_and_nothing_else() -> None:
    cluster = argo_cluster()
    config_map(new_component(cluster))
    config_map(new_component(cluster, "shop"))
    config_map(new_component(cluster, "dns", layer="infrastructure"))
    assert entry(cluster, "apps-appproject")["spec"] == {
        "description": "Layer apps of cluster c1.",
        "sourceRepos": [REPOSITORY],
        "destinations": [
            {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            {"server": "https://kubernetes.default.svc", "namespace": "web"},
        ],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
        "namespaceResourceWhitelist": [{"group": "", "kind": "ConfigMap"}],
    }


def test_a_project_without_cluster_scoped_objects_refuses_them() -> None:
    cluster = argo_cluster()
    home = new_component(cluster, layer="infrastructure").home_namespace
    config_map(new_component(cluster, "shop", namespace=home))
    spec = entry(cluster, "apps-appproject")["spec"]
    assert spec["clusterResourceBlacklist"] == [{"group": "*", "kind": "*"}]
    assert "clusterResourceWhitelist" not in spec


def test_projects_have_the_roles_of_the_cluster_and_warn_of_orphans() -> None:
    roles = [ProjectRole("admin", ["*"], groups=["platform"]), ProjectRole("readonly")]
    cluster = argo_cluster(roles=roles, warns_of_orphans=True, prefix="east-")
    new_component(cluster)
    spec = entry(cluster, "east-apps-appproject")["spec"]
    assert spec["roles"] == [
        {
            "name": "admin",
            "policies": ["p, proj:east-apps:admin, applications, *, east-apps/*, allow"],
            "groups": ["platform"],
        },
        {
            "name": "readonly",
            "policies": ["p, proj:east-apps:readonly, applications, get, east-apps/*, allow"],
        },
    ]
    assert spec["orphanedResources"] == {"warn": True}


def test_projects_have_the_sync_windows_of_their_layers() -> None:
    nights = SyncWindow(
        "deny",
        Cron("0 22 * * *"),
        Duration("8h"),
        applications=["web-*"],
        layers=["apps"],
        time_zone="Europe/Paris",
    )
    always = SyncWindow("allow", Cron("* * * * *"), Duration("24h"), manual_sync=True)
    cluster = argo_cluster(sync_windows=[nights, always], prefix="east-")
    new_component(cluster)
    new_component(cluster, "dns", layer="infrastructure")
    allowed = {
        "kind": "allow",
        "schedule": "* * * * *",
        "duration": "24h",
        "applications": ["*"],
        "manualSync": True,
    }
    assert entry(cluster, "east-apps-appproject")["spec"]["syncWindows"] == [
        {
            "kind": "deny",
            "schedule": "0 22 * * *",
            "timeZone": "Europe/Paris",
            "duration": "8h",
            "applications": ["web-*"],
            "manualSync": False,
        },
        allowed,
    ]
    infrastructure = entry(cluster, "east-infrastructure-appproject")["spec"]
    assert infrastructure["syncWindows"] == [allowed]
    assert "syncWindows" not in entry(cluster, "c1-root-appproject")["spec"]


def test_a_sync_window_of_an_unknown_layer_is_refused() -> None:
    window = SyncWindow("deny", Cron("0 22 * * *"), Duration("8h"), layers=["app"])
    cluster = argo_cluster(sync_windows=[window])
    new_component(cluster)
    with pytest.raises(InvalidValue, match=r"layer 'app' of SyncWindow: is not a layer of cluster"):
        deliver(cluster)


def test_a_sync_window_without_applications_or_with_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="selects no Applications"):
        SyncWindow("deny", Cron("0 22 * * *"), Duration("8h"), applications=[])
    with pytest.raises(InvalidValue, match=r"'Mars' of sync window .*is not a valid time zone"):
        SyncWindow("deny", Cron("0 22 * * *"), Duration("8h"), time_zone="Mars")


def test_a_role_without_actions_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"role 'admin': has no actions"):
        ProjectRole("admin", [])


def test_a_layer_with_the_name_of_argo_cds_own_project_is_refused() -> None:
    argo = ArgoCd(repository=GitRepository(url=REPOSITORY))
    cluster = Cluster(
        Platform(),
        "c1",
        domain=Host("example.com"),
        delivery=argo,
        kubernetes="1.35",
        layers=["default"],
    )
    new_component(cluster, layer="default")
    with pytest.raises(InvalidValue, match=r"layer 'default': would replace the project"):
        deliver(cluster)


def test_projects_and_applications_of_one_argo_cd_for_several_clusters_have_a_prefix() -> None:
    cluster = argo_cluster(prefix="east-", server="https://east.example.com")
    new_component(cluster)
    made = entry(cluster, "east-web-application")
    assert made["spec"]["project"] == "east-apps"
    assert made["spec"]["destination"]["server"] == "https://east.example.com"
    root = entry(cluster, "c1-root-application")
    assert root["spec"]["destination"]["server"] == "https://kubernetes.default.svc"


_CASES = st.integers(2, 6).flatmap(
    lambda n: st.tuples(
        st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
    )
)


@given(_CASES, st.integers(0, 6))
def test_a_unit_is_in_a_later_step_or_set_than_each_that_it_waits_for(
    case: tuple[int, set[tuple[int, int]]], last: int
) -> None:
    count, pairs = case
    cluster = argo_cluster(layout="application-sets")
    components = [
        new_component(cluster, f"c{at}", layer="infrastructure" if at < last else "apps")
        for at in range(count)
    ]
    made = [config_map(component) for component in components]
    for waiting, first in {(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]}:
        components[waiting].needs(made[first].ref)
    delivered = deliver(cluster)
    sets = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"][WAVE])
        for each in objects(delivered).values()
        if each["kind"] == "ApplicationSet"
    }
    waves: dict[str, tuple[int, int]] = {}
    for unit in delivered.units:
        one = unit.applied_by.manifest
        assert one is not None
        metadata = one["metadata"]
        waves[metadata["name"]] = (sets[one["spec"]["project"]], int(metadata["labels"]["wave"]))
    assert len(waves) == count
    assert all(
        waves[name] > waves[other] for name, others in delivered.needs.items() for other in others
    )


@given(_CASES)
def test_a_unit_is_in_a_later_wave_than_each_that_it_waits_for(
    case: tuple[int, set[tuple[int, int]]],
) -> None:
    count, pairs = case
    edges = {(max(pair), min(pair)) for pair in pairs if pair[0] != pair[1]}
    cluster = argo_cluster()
    components = [new_component(cluster, f"c{number}") for number in range(count)]
    made = [config_map(component) for component in components]
    for waiting, first in edges:
        components[waiting].needs(made[first].ref)
    delivered = deliver(cluster)
    waves = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"][WAVE])
        for each in objects(delivered).values()
        if each["kind"] == "Application"
    }
    assert all(
        waves[name] > waves[other] for name, others in delivered.needs.items() for other in others
    )
    assert min(waves[f"c{number}"] for number in range(count)) == 0


@pytest.mark.parametrize(
    ("api_version", "kind"), [("v1", "Namespace"), ("v1", "PersistentVolumeClaim")]
)
def test_objects_with_data_or_other_objects_in_them_are_never_deleted(
    api_version: str, kind: str
) -> None:
    cluster = argo_cluster()
    component = new_component(cluster)
    k8s.PersistentVolumeClaim(component, "data")
    found = [each for each in objects(deliver(cluster)).values() if each["kind"] == kind]
    assert [each["metadata"]["annotations"] for each in found] == [
        {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    ], api_version


def test_a_component_that_is_not_pruned_stays_when_its_application_goes() -> None:
    cluster = argo_cluster()
    Component(
        cluster,
        "web",
        layer="apps",
        namespace=Namespace("web", pod_security="restricted"),
        reconcile=Reconcile(prune=False),
    )
    made = entry(cluster, "web-application")
    assert made["spec"]["syncPolicy"]["automated"]["prune"] is False
    assert "finalizers" not in made["metadata"]


def test_replicas_that_an_autoscaler_sets_are_ignored() -> None:
    cluster = argo_cluster()
    component = new_component(cluster)
    labels = {"app": "web"}
    deployment = k8s.Deployment(
        component,
        "web",
        spec=k8s.DeploymentSpec(
            replicas=2,
            selector=k8s.LabelSelector(match_labels=labels),
            template=k8s.PodTemplateSpec(
                metadata=k8s.ObjectMeta(labels=labels),
                spec=k8s.PodSpec(containers=[k8s.Container(name="web", image="web:1")]),
            ),
        ),
    )
    k8s.HorizontalPodAutoscaler(
        component,
        "scaler",
        spec=k8s.HorizontalPodAutoscalerSpec(
            max_replicas=4,
            scale_target_ref=k8s.CrossVersionObjectReference(
                api_version="apps/v1", kind="Deployment", name=deployment.name
            ),
        ),
    )
    assert entry(cluster, "web-application")["spec"]["ignoreDifferences"] == [
        {
            "group": "apps",
            "kind": "Deployment",
            "name": "web",
            "namespace": "web",
            "jsonPointers": ["/spec/replicas"],
        }
    ]


def test_a_suspended_job_may_be_resumed() -> None:
    cluster = argo_cluster()
    component, image = new_component(cluster), Image("registry.example.com/count:1.0.0")
    RunOnce(component, "now", image=image)
    later = RunOnce(component, "later", image=image, job=JobSettings(suspended=True))
    assert entry(cluster, "web-application")["spec"]["ignoreDifferences"] == [
        {
            "group": "batch",
            "kind": "Job",
            "name": later.ready.object_name,
            "namespace": "web",
            "jsonPointers": ["/spec/suspend"],
        }
    ]


def test_no_wave_waits_for_a_suspended_job() -> None:
    assert 'if status == "Suspended" then status = "Healthy" end' in ArgoCd.HEALTH


def test_another_repository_is_not_pruned_where_it_has_crds() -> None:
    cluster = argo_cluster()
    source = RemoteManifests(
        url="https://git.example.com/crds", tag="v1.0.0", path="crds", groups=frozenset({"a.b"})
    )
    Component(cluster, "crds", layer="infrastructure", source=source)
    made = entry(cluster, "crds-application")
    assert made["spec"]["source"] == {
        "repoURL": "https://git.example.com/crds",
        "path": "crds",
        "targetRevision": "v1.0.0",
    }
    assert made["spec"]["syncPolicy"]["automated"]["prune"] is False
    project = entry(cluster, "infrastructure-appproject")["spec"]
    assert project["clusterResourceWhitelist"] == [{"group": "*", "kind": "*"}]


def test_files_of_another_repository_leave_the_rest_out() -> None:
    cluster = argo_cluster()
    source = RemoteManifests(
        url="https://git.example.com/crds", tag="v1.0.0", path="crds", files=("a.yaml", "b.yaml")
    )
    Component(cluster, "crds", layer="infrastructure", source=source)
    made = entry(cluster, "crds-application")["spec"]["source"]
    assert made["directory"] == {"include": "{a.yaml,b.yaml}"}


class TestRenderedCharts:
    """Charts whose objects are in the output."""

    def test_objects_of_a_chart_are_files_of_its_component(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        component = new_component(cluster)
        HelmRelease(component, "web", chart=chart(), values={"size": "big", "colour": "red"})
        delivered = deliver(cluster, shelf(tmp_path, config=CONFIG, crds=CRD))
        made = objects(delivered)
        assert made["apps/web/web-configmap.yaml"]["data"] == {"size": "big", "colour": "red"}
        assert "Prune=false" in str(
            made["apps/web/things.example.com-customresourcedefinition.yaml"]["metadata"]
        )
        assert not [path for path in made if "helmrelease" in path]
        project = made["argocd/apps-appproject.yaml"]["spec"]
        assert {"group": "apiextensions.k8s.io", "kind": "CustomResourceDefinition"} in project[
            "clusterResourceWhitelist"
        ]

    def test_values_come_from_config_maps_of_the_tree(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        component = new_component(cluster)
        shared = SharedValues(component, "shared", values={"size": "small", "colour": "red"})
        HelmRelease(
            component, "web", chart=chart(), values={"size": "big"}, values_from=[shared.source]
        )
        made = objects(deliver(cluster, shelf(tmp_path, config=CONFIG)))
        assert made["apps/web/web-configmap.yaml"]["data"] == {"size": "big", "colour": "red"}

    def test_patches_of_a_release_are_applied(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        component = new_component(cluster)
        patch = Patch.steps("v1", "ConfigMap", [PatchStep("replace", "/data/size", "huge")])
        HelmRelease(component, "web", chart=chart(), values={"size": "big"}, patches=[patch])
        made = objects(deliver(cluster, shelf(tmp_path, config=CONFIG)))
        assert made["apps/web/web-configmap.yaml"]["data"]["size"] == "huge"

    def test_hooks_that_only_helm_runs_are_left_out(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        HelmRelease(new_component(cluster), "web", chart=chart())
        hooks = "\n---\n".join(
            CONFIG.replace(
                'name: "{{ .Release.Name }}"',
                f'name: {each}, annotations: {{helm.sh/hook: "{each}"}}',
            )
            for each in ("pre-install", "pre-delete", "test")
        )
        made = objects(deliver(cluster, shelf(tmp_path, config=hooks)))
        assert [path for path in made if "configmap" in path] == [
            "apps/web/pre-install-configmap.yaml"
        ]

    def test_a_release_that_a_chart_makes_is_an_object_and_nothing_more(
        self, tmp_path: Path
    ) -> None:
        cluster = argo_cluster()
        HelmRelease(new_component(cluster), "web", chart=chart(), values={"size": "big"})
        inner = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: inner}
spec: {interval: 1h, chartRef: {kind: OCIRepository, name: gone}}
"""
        made = objects(deliver(cluster, shelf(tmp_path, config=CONFIG, inner=inner)))
        files = {path for path in made if path.startswith("apps/web/")}
        assert {"apps/web/inner-helmrelease.yaml", "apps/web/web-configmap.yaml"} <= files

    def test_a_chart_that_is_not_at_hand_stops_the_delivery_with_the_command(
        self, tmp_path: Path
    ) -> None:
        cluster = argo_cluster()
        HelmRelease(new_component(cluster), "web", chart=chart("another"))
        with pytest.raises(GraphError, match=r"kubestrata import --charts") as caught:
            deliver(cluster, shelf(tmp_path, config=CONFIG))
        assert "test_argo_delivery.py" in str(caught.value)

    def test_an_object_of_a_chart_and_of_the_component_is_refused(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        component = new_component(cluster)
        config_map(component, "web")
        HelmRelease(component, "web", chart=chart())
        with pytest.raises(DuplicateObject, match=r"ConfigMap web/web"):
            deliver(cluster, shelf(tmp_path, config=CONFIG))

    def test_a_chart_without_objects_beside_nothing_else_is_refused(self, tmp_path: Path) -> None:
        cluster = argo_cluster()
        home = new_component(cluster).home_namespace
        HelmRelease(new_component(cluster, "empty", namespace=home), "empty", chart=chart())
        with pytest.raises(GraphError, match=r"component 'empty': has charts that make no object"):
            deliver(cluster, shelf(tmp_path, config="{{ if false }}a: b{{ end }}"))


class TestChartSources:
    """Charts that Argo CD renders itself."""

    def test_an_application_has_the_folder_and_the_chart(self) -> None:
        cluster = argo_cluster(charts="source")
        HelmRelease(new_component(cluster), "web", chart=chart(), values={"size": "big"})
        assert entry(cluster, "web-application")["spec"]["sources"] == [
            {"repoURL": REPOSITORY, "path": "dist/c1/apps/web", "targetRevision": "main"},
            {
                "repoURL": CHARTS.url,
                "chart": "operator",
                "targetRevision": "1.2.3",
                "helm": {"releaseName": "web", "valuesObject": {"size": "big"}},
            },
        ]

    def test_null_in_values_is_kept_as_text(self) -> None:
        cluster = argo_cluster(charts="source")
        HelmRelease(new_component(cluster), "web", chart=chart(), values={"size": {"is": None}})
        helm = entry(cluster, "web-application")["spec"]["sources"][1]["helm"]
        assert helm == {"releaseName": "web", "values": "size:\n  is: null\n"}

    def test_a_chart_of_a_registry_has_a_secret_that_enables_it(self) -> None:
        cluster = argo_cluster(charts="source")
        registry = ChartRepository("shop", "oci://registry.example.com/charts")
        HelmRelease(
            new_component(cluster), "web", chart=HelmChart("shop", "1.2.3", registry, crds="Skip")
        )
        source = entry(cluster, "web-application")["spec"]["sources"][1]
        assert source == {
            "repoURL": "registry.example.com/charts",
            "chart": "shop",
            "targetRevision": "1.2.3",
            "helm": {"releaseName": "web", "skipCrds": True},
        }
        secret = entry(cluster, "registry-registry-example-com-charts-secret")
        assert secret["stringData"] == {
            "enableOCI": "true",
            "name": "registry-registry-example-com-charts",
            "type": "helm",
            "url": "registry.example.com/charts",
        }

    def test_a_registry_with_a_secret_of_its_own_gets_no_second_one(self) -> None:
        cluster = argo_cluster(charts="source")
        component = new_component(cluster)
        registry = ChartRepository("shop", "oci://registry.example.com/charts")
        HelmRelease(component, "web", chart=HelmChart("shop", "1.2.3", registry))
        k8s.Secret(
            component,
            "login",
            metadata=k8s.ObjectMeta(labels={"argocd.argoproj.io/secret-type": "repository"}),
            string_data={"url": "registry.example.com/charts", "type": "helm"},
        )
        assert not [path for path in objects(deliver(cluster)) if "argocd/registry" in path]

    def test_a_project_with_charts_is_open_because_their_objects_are_unknown(self) -> None:
        cluster = argo_cluster(charts="source")
        HelmRelease(new_component(cluster), "web", chart=chart())
        spec = entry(cluster, "apps-appproject")["spec"]
        assert spec["namespaceResourceWhitelist"] == [{"group": "*", "kind": "*"}]
        assert spec["sourceRepos"] == [CHARTS.url, REPOSITORY]

    def test_drift_that_a_release_ignores_is_ignored_here_too(self) -> None:
        cluster = argo_cluster(charts="source")
        drift = Drift(ignore=[IgnoredDrift(["/spec/replicas"], kind="Deployment")])
        HelmRelease(new_component(cluster), "web", chart=chart(), policy=ReleasePolicy(drift=drift))
        assert entry(cluster, "web-application")["spec"]["ignoreDifferences"] == [
            {"group": "*", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
        ]

    def test_drift_of_objects_named_by_a_pattern_is_refused(self) -> None:
        cluster = argo_cluster(charts="source")
        drift = Drift(ignore=[IgnoredDrift(["/data"], kind="ConfigMap", name="web-.*")])
        HelmRelease(new_component(cluster), "web", chart=chart(), policy=ReleasePolicy(drift=drift))
        with pytest.raises(InvalidValue, match=r"ignores drift of objects named 'web-\.\*'"):
            deliver(cluster)

    def test_patches_are_refused_with_the_way_to_have_them(self) -> None:
        cluster = argo_cluster(charts="source")
        patch = Patch.steps("v1", "ConfigMap", [PatchStep("remove", "/data/size")])
        HelmRelease(new_component(cluster), "web", chart=chart(), patches=[patch])
        with pytest.raises(InvalidValue, match=r'use ArgoCd\(charts="rendered"\)'):
            deliver(cluster)


@pytest.mark.parametrize("charts", ["rendered", "source"])
def test_values_from_a_secret_are_refused(charts: Any) -> None:
    cluster = argo_cluster(charts=charts)
    component = new_component(cluster)
    secret = k8s.Secret(component, "login")
    entry_of = ValuesFrom.secret(SecretReference(secret.ref).key("token"), path="auth.token")
    HelmRelease(component, "web", chart=chart(), values_from=[entry_of])
    with pytest.raises(InvalidValue, match=r"takes values from Secret login, which Argo CD does"):
        deliver(cluster)


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token.enc.yaml"
    file.write_text(
        "apiVersion: v1\nkind: Secret\nmetadata:\n    name: token\n    namespace: web\n"
        "stringData:\n    key: ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]\n"
        "sops:\n    age:\n        - recipient: age1xyz\n          enc: text\n"
        "    mac: ENC[AES256_GCM,data:cZ0=,iv:aaaa,tag:bbbb,type:str]\n    version: 3.11.0\n"
    )
    cluster = argo_cluster()
    EncryptedSecret(new_component(cluster), "token", file=file)
    with pytest.raises(EncryptionError, match=r"Argo CD decrypts no files"):
        deliver(cluster)


def test_a_placeholder_is_refused_because_argo_cd_substitutes_nothing() -> None:
    with pytest.raises(InvalidValue, match=r"is not declared by cluster c1"):
        argo_cluster().placeholder("region")


@pytest.mark.parametrize("path", ["./dist", "/dist", "a/../b", "", "dist/"])
def test_an_output_path_must_be_plain(path: str) -> None:
    with pytest.raises(InvalidValue, match=r"is not a valid path"):
        ArgoCd(repository=GitRepository(url=REPOSITORY), path=path)


def findings(**settings: str) -> list[str]:
    """The findings in a cluster with two waves, and Argo CD's ConfigMap if it has settings."""
    cluster = argo_cluster()
    made = config_map(new_component(cluster))
    new_component(cluster, "shop").needs(made.ref)
    if settings:
        argo = new_component(cluster, "argocd", layer="infrastructure")
        data = {name.replace("__", "."): text for name, text in settings.items()}
        k8s.ConfigMap(argo, "cm", metadata=k8s.ObjectMeta(name="argocd-cm"), data=data)
    (report,) = check_delivered(Delivered([deliver(cluster)]), Settings())
    return [f"{each.rule} {each.severity.value}" for each in report.violations]


def test_settings_of_argo_cd_that_are_not_in_the_tree_are_not_checked() -> None:
    assert findings() == []


def test_waves_that_argo_cd_does_not_wait_for_are_an_error() -> None:
    assert findings(url="https://argocd.example.com") == ["G25 error"]


def test_the_health_of_applications_satisfies_the_check() -> None:
    assert findings(**{ArgoCd.HEALTH_KEY: ArgoCd.HEALTH}) == []
