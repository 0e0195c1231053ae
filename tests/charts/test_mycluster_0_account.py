"""Names, keys and addresses of mycluster-0 that exist outside of the cluster.

OpenTofu, people and other services made them: a tree with other names synthesizes, and never
becomes ready.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubestrata import Cluster, Flux
from kubestrata.core.value.placeholder import resolve
from tests import main_platform

# Entry of the secret store -> the properties that are read by name, None for the whole entry.
ENTRIES: dict[str, set[str] | None] = {
    "certificates/priv.cloud.ogenki.io/openbao": {"ca"},
    "github/gha-runner-scale-set/default": None,
    "harbor/admin/password": None,
    "harbor/valkey/password": None,
    "headlamp/envvars": None,
    "observability/flux/slack-app": None,
    "observability/grafana/oncall-admin": None,
    "observability/grafana/oncall-slackapp": None,
    "observability/victoria-metrics-k8s-stack/alertmanager-slack-app": None,
    "observability/victoria-metrics-k8s-stack/grafana-envvars": None,
    "openbao/cloud-native-ref/approles/cert-manager": {"cert_manager_approle_secret"},
    "security/flux/ui-oidc": None,
    "security/openbao/openbao-snapshot": {"APPROLE_ROLE_ID", "APPROLE_SECRET_ID"},
    "tailscale/k8s-operator/oauth-client": None,
    "zitadel/envvars": {
        "ZITADEL_FIRSTINSTANCE_ORG_HUMAN_PASSWORD",
        "ZITADEL_FIRSTINSTANCE_ORG_HUMAN_USERNAME",
        "ZITADEL_MASTERKEY",
    },
}
# Substitution variables that OpenTofu writes.
FACTS = {
    "aws_account_id",
    "cert_manager_approle_id",
    "cert_manager_approle_secret",
    "cluster_endpoint",
    "cluster_endpoint_full",
    "cluster_name",
    "domain_name",
    "environment",
    "karpenter_queue_name",
    "oidc_issuer_host",
    "oidc_issuer_url",
    "oidc_provider_arn",
    "region",
    "vpc_cidr_block",
    "vpc_id",
}


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return main_platform.cluster("mycluster-0")


def objects(cluster: Cluster, *kinds: str) -> list[dict[str, Any]]:
    return [
        item.manifest
        for component in cluster.components
        for item in component.rendered()
        if item.identity.kind in kinds
    ]


def named(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in objects(cluster, kind) if each["metadata"]["name"] == name]
    return found


def test_the_store_is_read_at_entries_that_exist(cluster: Cluster) -> None:
    found: dict[str, set[str] | None] = {}
    for each in objects(cluster, "ExternalSecret"):
        for value in each["spec"].get("data", []):
            remote = value["remoteRef"]
            properties = found.setdefault(remote["key"], set())
            assert properties is not None
            properties.add(remote["property"])
        for whole in each["spec"].get("dataFrom", []):
            if "extract" in whole:
                found[whole["extract"]["key"]] = None
    assert found == ENTRIES


def test_variables_are_those_that_opentofu_writes(cluster: Cluster) -> None:
    delivery = cluster.delivery
    assert isinstance(delivery, Flux)
    assert {key for each in delivery.substitute_from for key in each.keys} == FACTS


def test_certificates_of_openbao_have_a_common_name(cluster: Cluster) -> None:
    issuers = {
        each["metadata"]["name"]
        for each in objects(cluster, "ClusterIssuer")
        if "vault" in each["spec"]
    }
    assert issuers == {"openbao"}
    signed = [
        each["spec"]
        for each in objects(cluster, "Certificate")
        if each["spec"]["issuerRef"]["name"] in issuers
    ]
    assert signed
    for spec in signed:
        assert spec["commonName"] in spec["dnsNames"]
        assert (spec["duration"], spec["renewBefore"]) == ("2160h", "360h")
        # The role signs RSA keys, which are cert-manager's default.
        assert "algorithm" not in spec["privateKey"]


def test_openbao_signs_in_the_namespace_of_its_pki_engine(cluster: Cluster) -> None:
    vault = named(cluster, "ClusterIssuer", "openbao")["spec"]["vault"]
    assert vault["namespace"] == "admin/pki"
    assert vault["path"] == "pki_private_issuer/sign/ogenki"


def test_the_family_of_providers_has_the_name_that_crossplane_gives_a_dependency(
    cluster: Cluster,
) -> None:
    providers = {
        each["spec"]["package"].partition(":")[0]: each["metadata"]["name"]
        for each in objects(cluster, "Provider")
        if each["apiVersion"].startswith("pkg.crossplane.io/")
    }
    family = "xpkg.crossplane.io/crossplane-contrib/provider-family-aws"
    assert providers[family] == "crossplane-contrib-provider-family-aws"
    assert len(providers) == 6


def test_proxies_of_the_tailnet_may_leave_to_anything_without_ports(cluster: Cluster) -> None:
    """Cilium's Gateways apply the egress policy of their client to the backend."""
    egress = [
        rule
        for each in objects(cluster, "CiliumNetworkPolicy")
        if each["spec"]["endpointSelector"].get("matchLabels") == {"tailscale.com/managed": "true"}
        for rule in each["spec"].get("egress", [])
    ]
    assert egress == [{"toEntities": ["all"]}]


def test_crossplane_needs_no_right_on_keys_that_it_lacks(cluster: Cluster) -> None:
    (key,) = objects(cluster, "Key")
    assert "enableKeyRotation" not in key["spec"]["forProvider"]
    assert key["spec"]["forProvider"]["deletionWindowInDays"] == 7
    assert objects(cluster, "Alias") == []
    (kms,) = [
        statement
        for statement in named(cluster, "EPI", "xplane-openbao-snapshot")["spec"]["statements"]
        if statement["actions"][0].startswith("kms:")
    ]
    name = key["metadata"]["name"]
    assert kms["conditions"] == {"StringEquals": {"aws:ResourceTag/crossplane-name": [name]}}


def test_buckets_have_the_prefix_that_crossplane_may_use(cluster: Cluster) -> None:
    names = {
        each["metadata"]["name"]: resolve(
            each["metadata"]["annotations"]["crossplane.io/external-name"], substituted=True
        )
        for each in objects(cluster, "Bucket")
        if each["apiVersion"].startswith("s3.aws")
    }
    assert names == {
        "xplane-cnpg-backups": "${region}-ogenki-cnpg-backups",
        "xplane-harbor": "${region}-ogenki-harbor",
        "xplane-image-gallery": "${region}-ogenki-xplane-image-gallery",
        "xplane-openbao-snapshot": "${region}-ogenki-openbao-snapshot",
    }
    arns = {
        resolve(arn, substituted=True).removeprefix("arn:aws:s3:::").partition("/")[0]
        for each in objects(cluster, "EPI")
        for statement in each["spec"]["statements"]
        for arn in statement["resources"]
        if arn.startswith("arn:aws:s3:::")
    }
    assert arns <= set(names.values())


def test_claims_have_the_prefix_of_everything_that_crossplane_makes(cluster: Cluster) -> None:
    names = [each["metadata"]["name"] for each in objects(cluster, "App", "EPI", "SQLInstance")]
    assert len(names) >= 15
    assert [name for name in names if not name.startswith("xplane-")] == []
    assert [name for name in names if name.startswith("xplane-xplane-")] == []


def test_names_in_the_account_are_not_prefixed_twice(cluster: Cluster) -> None:
    for each in objects(cluster, "User", "Policy", "Bucket"):
        name = each["metadata"].get("annotations", {}).get("crossplane.io/external-name", "")
        assert name.count("xplane-") <= 1, name


def test_single_sign_on_uses_an_image_that_exists_and_waits_for_its_database(
    cluster: Cluster,
) -> None:
    values = named(cluster, "HelmRelease", "zitadel")["spec"]["values"]
    assert values["tools"]["kubectl"]["image"]["tag"] == "1.35.0"
    assert values["initJob"]["backoffLimit"] == 30
    assert values["initJob"]["activeDeadlineSeconds"] > 300


def test_a_snapshot_is_taken_and_then_sent_from_the_same_volume(cluster: Cluster) -> None:
    spec = named(cluster, "CronJob", "openbao-snapshot")["spec"]["jobTemplate"]["spec"]
    pod = spec["template"]["spec"]
    (take,), (send,) = pod["initContainers"], pod["containers"]
    mount = {"name": "snapshots", "mountPath": "/snapshots"}
    for container, script in ((take, "take"), (send, "send")):
        assert mount in container["volumeMounts"]
        assert container["command"] == ["/bin/sh", "-e", f"/scripts/{script}.sh"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
    claim = {"name": "snapshots", "persistentVolumeClaim": {"claimName": "openbao-snapshot"}}
    assert claim in pod["volumes"]
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"] == 65532
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (3, 1800)
    size = named(cluster, "PersistentVolumeClaim", "openbao-snapshot")["spec"]["resources"]
    assert size == {"requests": {"storage": "5Gi"}}


def test_the_job_of_snapshots_is_suspended_until_openbao_can_make_them(cluster: Cluster) -> None:
    assert named(cluster, "CronJob", "openbao-snapshot")["spec"]["suspend"] is True
    lifecycle = named(cluster, "BucketLifecycleConfiguration", "xplane-openbao-snapshot")
    rules = {rule["id"]: rule for rule in lifecycle["spec"]["forProvider"]["rule"]}
    assert rules["archive"]["transition"] == [{"days": 30, "storageClass": "GLACIER"}]
    assert rules["expiration"]["expiration"] == [{"days": 120}]


def test_runner_policies_do_not_select_listeners(cluster: Cluster) -> None:
    """Listeners have the label of their set, too, and need less."""
    for each in objects(cluster, "CiliumNetworkPolicy"):
        labels = each["spec"]["endpointSelector"].get("matchLabels", {})
        if "actions.github.com/scale-set-name" in labels:
            assert labels["actions-ephemeral-runner"] == "True"


def test_pods_of_jobs_are_under_a_policy(cluster: Cluster) -> None:
    template = json.loads(named(cluster, "ConfigMap", "gha-job")["data"]["job.yaml"])
    policy = named(cluster, "CiliumNetworkPolicy", "gha-jobs")["spec"]
    assert policy["endpointSelector"]["matchLabels"] == template["metadata"]["labels"]
    values = named(cluster, "HelmRelease", "default-gha-runner-scale-set")["spec"]["values"]
    (container,) = values["template"]["spec"]["containers"]
    assert container["env"] == [
        {
            "name": "ACTIONS_RUNNER_CONTAINER_HOOK_TEMPLATE",
            "value": f"{container['volumeMounts'][0]['mountPath']}/job.yaml",
        }
    ]


def test_the_scraper_waits_for_its_identity(cluster: Cluster) -> None:
    (stack,) = [each for each in cluster.components if each.name == "victoria-metrics-k8s-stack"]
    assert "eks-pod-identities" in {edge.target.component.name for edge in stack.edges}
