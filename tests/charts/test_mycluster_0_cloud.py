"""Cloud resources of mycluster-0, and the platform's own API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from kubestrata import Cluster
from kubestrata.bindings import read_index
from kubestrata.constructs.cloud import ProviderConfig
from kubestrata.constructs.platform_api import APP, EPI, SQL_INSTANCE, PlatformKind
from kubestrata.schema import installed
from tests import main_platform
from tests.conftest import ROOT
from tests.small_platform import kustomization

_MADE = re.compile(r'apiVersion = "([^"]+)"\n\s+kind = "([^"]+)"')
XRD = "CompositeResourceDefinition"
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return main_platform.cluster("mycluster-0")


def objects(cluster: Cluster, *kinds: str) -> Iterator[dict[str, Any]]:
    for component in cluster.components:
        for item in component.rendered():
            if item.identity.kind in kinds:
                yield item.manifest


def plurals() -> dict[tuple[str, str], str]:
    return {(each.group, each.kind): each.plural for each in read_index(installed().folders[0])}


@pytest.mark.parametrize("kind", [APP, EPI, SQL_INSTANCE], ids=lambda kind: kind.kind)
def test_crossplane_has_permissions_for_all_composed_kinds(
    cluster: Cluster, kind: PlatformKind
) -> None:
    granted = {
        (group, plural)
        for role in objects(cluster, "ClusterRole")
        if "rbac.crossplane.io/aggregate-to-crossplane" in role["metadata"].get("labels", {})
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for plural in rule["resources"]
    }
    known = plurals()
    made = {(version.rpartition("/")[0], name) for version, name in _MADE.findall(kind.source)}
    assert made
    # Crossplane grants itself access to the kinds of its providers.
    own = {each for each in made if each[0].endswith(".m.upbound.io")}
    missing = {(group, known[group, name]) for group, name in made - own} - granted
    assert missing == set()


def test_the_api_has_three_kinds_and_a_composition_for_each(cluster: Cluster) -> None:
    defined = {made["spec"]["names"]["kind"] for made in objects(cluster, XRD)}
    composed = {
        made["spec"]["compositeTypeRef"]["kind"] for made in objects(cluster, "Composition")
    }
    assert defined == composed == {"App", "EPI", "SQLInstance"}


def test_compositions_name_gateways_and_the_store_that_exist(cluster: Cluster) -> None:
    (environment,) = objects(cluster, "EnvironmentConfig")
    data = environment["data"]
    gateways = {
        (made["metadata"]["namespace"], made["metadata"]["name"]): {
            listener["name"] for listener in made["spec"]["listeners"]
        }
        for made in objects(cluster, "Gateway")
    }
    for facts in data["gateways"].values():
        assert facts["listener"] in gateways[facts["namespace"], facts["name"]]
    stores = {made["metadata"]["name"] for made in objects(cluster, "ClusterSecretStore")}
    assert data["secretStore"] == {"kind": "ClusterSecretStore", "name": stores.pop()}
    assert data["namePrefix"] == "xplane-"


def test_packages_satisfy_the_restricted_standard(cluster: Cluster) -> None:
    for runtime in objects(cluster, "DeploymentRuntimeConfig"):
        pod = runtime["spec"]["deploymentTemplate"]["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"].items() >= RESTRICTED.items()


def test_the_family_has_the_version_of_its_providers(cluster: Cluster) -> None:
    packages = [
        made["spec"]["package"]
        for made in objects(cluster, "Provider")
        if made["apiVersion"] == "pkg.crossplane.io/v1"
    ]
    assert [package.rpartition("/")[2] for package in sorted(packages)] == [
        "provider-aws-ec2:v2.0.0",
        "provider-aws-eks:v2.0.0",
        "provider-aws-iam:v2.0.0",
        "provider-aws-kms:v2.0.0",
        "provider-aws-s3:v2.0.0",
        "provider-family-aws:v2.0.0",
    ]


def test_every_managed_resource_uses_the_provider_config_of_the_cluster(
    cluster: Cluster,
) -> None:
    name = cluster.ask(ProviderConfig).ref.object_name
    used = {
        str(item.manifest["spec"].get("providerConfigRef"))
        for component in cluster.components
        for item in component.rendered()
        if item.identity.group.endswith(".aws.m.upbound.io")
    }
    assert used == {str({"kind": "ClusterProviderConfig", "name": name})}


def test_the_naming_policy_matches_every_managed_kind(cluster: Cluster) -> None:
    settings = yaml.safe_load((ROOT / "cdk8s.yaml").read_text())["kubestrata"]["check"]
    (policy,) = [each for each in settings["names"] if each["prefix"] == "xplane-"]
    managed = {
        f"{item.identity.kind}.{item.identity.group}"
        for component in cluster.components
        for item in component.rendered()
        if item.identity.group.endswith(".aws.m.upbound.io")
    }
    composed = {
        f"{kind}.{version.partition('/')[0]}" for version, kind in _MADE.findall(EPI.source)
    }
    assert managed | composed <= set(policy["kinds"])


def test_flux_waits_until_identities_are_ready(cluster: Cluster) -> None:
    spec = kustomization(cluster, "eks-pod-identities")
    (health,) = spec["healthCheckExprs"]
    assert (health["apiVersion"], health["kind"]) == ("cloud.ogenki.io/v1alpha1", "EPI")
    assert "c.type == 'Ready'" in health["current"]
    assert "c.type == 'Synced'" in health["current"]


def test_a_database_can_write_only_to_its_own_folder(cluster: Cluster) -> None:
    claims = {
        made["metadata"]["name"]: made["spec"]
        for made in objects(cluster, "EPI")
        if made["metadata"]["name"].endswith(("-db", "-postgres"))
    }
    assert claims
    for name, spec in claims.items():
        folder = f"/{spec['serviceAccount']['namespace']}/{name}/*"
        written = [
            resource
            for statement in spec["statements"]
            if "s3:PutObject" in statement["actions"]
            for resource in statement["resources"]
        ]
        assert len(written) == 1
        assert written[0].endswith(folder)
