"""Dashboards, whose text reaches Grafana unchanged."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from kubestrata import Cluster, KubestrataError, ServiceReference
from kubestrata.constructs import HelmRelease, SecretKey
from kubestrata.constructs.observability import (
    Dashboard,
    DashboardFolder,
    DataSource,
    Grafana,
    GrafanaInstance,
    GrafanaSidecar,
    PublishedDashboard,
    Source,
)
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.observability.world import (
    cluster,
    in_operator,
    prometheus,
    secret,
    shop,
    victoria,
)
from tests.kustomize import kustomize
from tests.small_platform import chart, config_map, files, new_component

VARIABLE = {"name": "datasource", "type": "datasource", "query": "prometheus"}
# Unsorted, and full of the syntax of Flux' variables.
TEXT = """\
{
  "uid": "shop",
  "title": "Shop",
  "templating": {"list": [{"type": "datasource", "name": "datasource"}]},
  "panels": [
    {
      "datasource": {"type": "prometheus", "uid": "${datasource}"},
      "title": "$${region} costs $$5 in ${namespace:regex}, ${region} or $namespace",
      "targets": [{"expr": "rate(x{a=~\\"${ns}\\"}[$__rate_interval])"}]
    }
  ]
}
"""


def dashboard(**changes: object) -> str:
    given: dict[str, object] = {"title": "Shop", "uid": "shop", "panels": []}
    return json.dumps({key: value for key, value in (given | changes).items() if value is not None})


def service(component: Any) -> ServiceReference:
    return HelmRelease(component, "metrics", chart=chart("metrics")).service("metrics", 8428)


@pytest.mark.parametrize("grafana", [in_operator(), GrafanaSidecar()], ids=["operator", "sidecar"])
def test_dashboard_folder_and_data_source(grafana: Grafana, manifests: SnapshotAssertion) -> None:
    component = shop(victoria(grafana))
    folder = DashboardFolder(component, "apps", title="Applications")
    settings = {"timeInterval": "30s"}
    metrics = Source(
        "Metrics",
        "prometheus",
        "metrics",
        service(component),
        "/prometheus",
        is_default=True,
        settings=settings,
    )
    source = DataSource(component, "metrics", source=metrics)
    Dashboard(component, "shop", json=TEXT, folder=folder, data_sources=[source])
    Dashboard(component, "empty", json=dashboard(uid="empty"))
    assert rendered(component) == manifests
    assert faults(component) == []


def test_the_operator_configures_an_existing_grafana(manifests: SnapshotAssertion) -> None:
    component = shop(victoria())
    admin = secret(component, "admin-user", "admin-password")
    grafana = GrafanaInstance(
        component,
        "grafana",
        service=service(component),
        user=admin.key("admin-user"),
        password=admin.key("admin-password"),
        labels={"dashboards": "grafana"},
    )
    assert grafana.url == "http://metrics.shop.svc.cluster.local:8428"
    assert grafana.url.reference is grafana.ref
    assert rendered(component) == manifests
    assert faults(component) == []


def test_secrets_of_data_sources_stay_secret() -> None:
    component = shop(victoria())
    token = secret(component, "token").key("token")
    logs = Source(
        "Logs",
        "victoriametrics-logs-datasource",
        "logs",
        service(component),
        plugin="0.21.4",
        secrets={"httpHeaderValue1": token},
    )
    DataSource(component, "logs", source=logs)
    (found,) = objects(component, "GrafanaDatasource")
    assert found["spec"]["valuesFrom"] == [
        {
            "targetPath": "secureJsonData.httpHeaderValue1",
            "valueFrom": {"secretKeyRef": {"name": "credentials", "key": "token"}},
        }
    ]
    assert found["spec"]["datasource"]["secureJsonData"] == {"httpHeaderValue1": "${token}"}
    assert found["spec"]["plugins"] == [
        {"name": "victoriametrics-logs-datasource", "version": "0.21.4"}
    ]
    assert faults(component) == []


def test_a_sidecar_brings_no_secrets_and_no_plugins() -> None:
    component = shop(prometheus(GrafanaSidecar()))
    source = Source("Logs", "logs", "logs", service(component), plugin="1.0.0")
    with pytest.raises(KubestrataError, match="which a ConfigMap cannot provide"):
        DataSource(component, "logs", source=source)


def test_dashboards_come_after_their_folder_and_their_data_sources() -> None:
    made = cluster(victoria())
    folders, data, mine = (new_component(made, name) for name in ("folders", "data", "mine"))
    folder = DashboardFolder(folders, "apps", title="Applications")
    source = DataSource(data, "m", source=Source("M", "prometheus", "m", service(data)))
    Dashboard(mine, "shop", json=dashboard(), folder=folder, data_sources=[source])
    wanted = yaml.safe_load(files(made)["flux/mine-kustomization.yaml"])["spec"]["dependsOn"]
    assert [each["name"] for each in wanted] == ["data", "folders"]


def test_folders_of_another_namespace_are_named_by_uid() -> None:
    made = cluster(victoria())
    folder = DashboardFolder(new_component(made, "monitoring"), "apps", title="Applications")
    mine = new_component(made, "mine")
    Dashboard(mine, "shop", json=dashboard(), folder=folder)
    (found,) = objects(mine, "GrafanaDashboard")
    spec = {key: value for key, value in found["spec"].items() if "folder" in key or "allow" in key}
    assert spec == {"folderUID": "apps", "allowCrossNamespaceImport": True}


def test_the_text_is_a_literal_block_in_which_nothing_moved() -> None:
    component = shop(victoria())
    Dashboard(component, "shop", json=TEXT)
    block = "  json: |\n" + "".join(f"    {line}\n" for line in TEXT.splitlines())
    assert block in rendered(component)


def envsubst(text: str, values: dict[str, str]) -> str:
    """Return `text` as substituted by Flux: two dollars are one, an unknown name is an error."""

    def one(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        name = re.match(r"\w+", match[1])
        assert name is not None
        assert name[0] == match[1], f"Flux does not support {match[0]}"
        return values[name[0]]

    return re.sub(r"\$\$|\$\{([^}]*)\}", one, text)


def delivered(made: Cluster, folder: Path) -> dict[str, Any]:
    """Return the delivered dashboard: built by kustomize, substituted like Flux, read back."""
    for path, content in files(made).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    built = kustomize(folder / "apps" / "shop").stdout
    spec = yaml.safe_load(files(made)["flux/shop-kustomization.yaml"])["spec"]
    substituted = "postBuild" in spec
    values = {"region": "eu-west-3"}
    text = "\n---\n".join(
        envsubst(each, values) if substituted else each for each in built.split("\n---\n")
    )
    (found,) = (each for each in yaml.safe_load_all(text) if each["kind"] == "GrafanaDashboard")
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("beside_placeholder", [True, False], ids=["substituted", "left alone"])
def test_the_text_arrives_as_it_was_written(tmp_path: Path, *, beside_placeholder: bool) -> None:
    made = cluster(victoria(), placeholders=("region",))
    component = new_component(made, "shop")
    Dashboard(component, "shop", json=TEXT)
    if beside_placeholder:
        config_map(component, region=f"in {made.placeholder('region')}")
    written = files(made)["apps/shop/shop-grafanadashboard.yaml"].decode()
    assert ("$${namespace:regex}" in written) is beside_placeholder
    assert delivered(made, tmp_path)["spec"]["json"] == TEXT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        (dashboard(title=None), "has no title"),
        (dashboard(title=" "), "has no title"),
        (dashboard(uid=None), "has the uid None"),
        (dashboard(uid="a b"), "has the uid 'a b'"),
        (dashboard(uid="a" * 41), "has the uid"),
        (
            dashboard(panels=[{"datasource": {"uid": "P1809F7CD0C75ACF3"}}]),
            "$.panels[0].datasource: names the data source 'P1809F7CD0C75ACF3'",
        ),
        (dashboard(panels=[{"datasource": "Prometheus"}]), "names the data source 'Prometheus'"),
        (
            dashboard(panels=[{"targets": [{"datasource": {"uid": "$source"}}]}]),
            "$.panels[0].targets[0].datasource: names the variable 'source'",
        ),
    ],
)
def test_json_that_is_invalid_in_grafana_is_refused(text: str, message: str) -> None:
    component = shop(victoria())
    with pytest.raises(KubestrataError) as caught:
        Dashboard(component, "shop", json=text)
    assert message in str(caught.value)
    assert __file__.rpartition("/")[2] in caught.value.where


def test_data_sources_are_variables_known_ones_or_grafanas_own() -> None:
    component = shop(victoria())
    source = DataSource(component, "m", source=Source("M", "prometheus", "m", service(component)))
    panels = [
        {"datasource": {"uid": "${datasource}"}},
        {"datasource": "$datasource"},
        {"datasource": {"uid": "m"}},
        {"datasource": {"type": "grafana", "uid": "-- Grafana --"}},
        {"datasource": None},
    ]
    text = dashboard(panels=panels, templating={"list": [VARIABLE]})
    Dashboard(component, "shop", json=text, data_sources=[source])
    assert len(objects(component, "GrafanaDashboard")) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KubestrataError, match=r"missing\.json: cannot be read"):
        Dashboard(shop(victoria()), "shop", json=tmp_path / "missing.json")


def test_a_uid_is_unique_in_a_cluster() -> None:
    made = cluster(victoria())
    Dashboard(new_component(made, "one"), "shop", json=dashboard())
    two = new_component(made, "two")
    with pytest.raises(KubestrataError, match="dashboard with the uid 'shop'") as caught:
        Dashboard(two, "other", json=dashboard())
    assert caught.value.fix == "change one uid"
    Dashboard(new_component(cluster(victoria()), "three"), "shop", json=dashboard())


def test_a_cluster_without_grafana_is_reported() -> None:
    with pytest.raises(KubestrataError, match="Grafana: the monitoring of cluster c1 has none"):
        Dashboard(shop(prometheus()), "shop", json=dashboard())


def test_the_login_of_a_grafana_is_in_its_namespace() -> None:
    component = shop(victoria())
    elsewhere = new_component(component.cluster, "bank")
    login: SecretKey = secret(component, "login").key("login")
    with pytest.raises(KubestrataError, match="its user in 'bank'"):
        GrafanaInstance(
            elsewhere,
            "grafana",
            service=service(component),
            user=login,
            password=login,
            labels={"a": "b"},
        )


def test_a_published_dashboard_is_downloaded_by_the_operator() -> None:
    component = shop(victoria())
    folder = DashboardFolder(component, "nodes", title="Nodes")
    PublishedDashboard(component, "exporter", number=1860, revision=37, folder=folder)
    PublishedDashboard(component, "newest", number=22084)
    first, newest = objects(component, "GrafanaDashboard")
    assert first["spec"]["grafanaCom"] == {"id": 1860, "revision": 37}
    assert first["spec"]["folderRef"] == "nodes"
    assert newest["spec"]["grafanaCom"] == {"id": 22084}
    assert faults(component) == []


def test_a_published_dashboard_is_downloaded_by_the_sidecar() -> None:
    component = shop(prometheus(GrafanaSidecar()))
    folder = DashboardFolder(component, "nodes", title="Nodes")
    PublishedDashboard(component, "exporter", number=1860, revision=37, folder=folder)
    (made,) = objects(component, "ConfigMap")
    assert made["metadata"]["labels"] == {"grafana_dashboard": "1"}
    assert made["metadata"]["annotations"] == {"grafana_folder": "Nodes"}
    assert made["data"] == {
        "exporter.json.url": "https://grafana.com/api/dashboards/1860/revisions/37/download"
    }
    assert faults(component) == []


def test_a_sidecar_downloads_pinned_dashboards_only() -> None:
    component = shop(prometheus(GrafanaSidecar()))
    with pytest.raises(InvalidValue, match="has no revision, which its address"):
        PublishedDashboard(component, "exporter", number=1860)


@pytest.mark.parametrize("number", [(0, None), (1860, -1)])
def test_a_number_of_a_published_dashboard_is_positive(number: tuple[int, int | None]) -> None:
    component = shop(victoria())
    with pytest.raises(InvalidValue, match="must be at least 1"):
        PublishedDashboard(component, "a", number=number[0], revision=number[1])


def test_large_json_of_a_sidecar_is_compact_and_bounded() -> None:
    component = shop(prometheus(GrafanaSidecar()))
    spaced = json.dumps({"uid": "large", "title": "Large", "tags": ["x"] * 30_000}, indent=4)
    assert len(spaced) > 262_144
    Dashboard(component, "large", json=spaced)
    (made,) = objects(component, "ConfigMap")
    text = made["data"]["large.json"]
    assert len(text) < 262_144
    assert json.loads(text) == json.loads(spaced)
    beyond = json.dumps({"uid": "beyond", "title": "Beyond", "tags": ["x" * 100] * 11_000})
    with pytest.raises(InvalidValue, match="the API server accepts 1048576"):
        Dashboard(component, "beyond", json=beyond)
