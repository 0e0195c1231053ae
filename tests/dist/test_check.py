"""Every object of the committed tree, and of another repository, is checked and clean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.engine import Report, check_tree
from kubestrata.rules.settings import Settings
from kubestrata.rules.subject import ClusterTree
from kubestrata.synth.cluster_tree import trees_of
from kubestrata.synth.config_file import settings_in
from kubestrata.synth.project import build, load_project
from kubestrata.synth.synthesis import synthesize
from tests import main_platform

ROOT = Path(__file__).parents[2]
SETTINGS = settings_in(ROOT)
EXAMPLE = ROOT.parent / "shared" / "corpus" / "flux2-kustomize-helm-example"
TODAY = date(2026, 1, 1)
# These cannot be checked here: they are in another repository.
ELSEWHERE = {
    "apps": [
        "https://github.com/external-secrets/external-secrets ./deploy/crds",
        "https://github.com/kubernetes-sigs/gateway-api ./config/crd/standard",
        # Of an operator older than the schemas; its chart has their CRDs.
        "Kafka.kafka.strimzi.io messaging/kafka-cluster",
        "KafkaNodePool.kafka.strimzi.io messaging/controller-broker",
    ],
    "cloudlab": ["https://github.com/kubernetes-sigs/gateway-api ./config/crd"],
    "goingdark": [
        "https://github.com/external-secrets/external-secrets deploy/crds",
        "https://github.com/kubernetes-sigs/gateway-api config/crd/experimental",
    ],
    "infra": [
        "https://github.com/external-secrets/external-secrets ./deploy/crds",
        "https://github.com/keycloak/keycloak-k8s-resources ./kubernetes",
        "https://github.com/kubernetes-sigs/gateway-api ./config/crd/standard",
    ],
    "mycluster-0": [
        "https://github.com/actions/actions-runner-controller ./config/crd/bases",
        "https://github.com/cloudnative-pg/cloudnative-pg ./config/crd/bases",
        "https://github.com/external-secrets/external-secrets ./deploy/crds",
        "https://github.com/grafana/grafana-operator ./config/crd/bases",
        "https://github.com/kubernetes-sigs/gateway-api ./config/crd/experimental",
        "https://github.com/kyverno/kyverno ./config/crds",
        "https://github.com/tailscale/tailscale ./cmd/k8s-operator/deploy/crds",
        "https://github.com/VictoriaMetrics/operator ./config/crd/overlay",
    ],
    "talos": [],
}
# Waived in code, each with its reason.
WAIVED = {
    "apps": set[tuple[str, str]](),
    "cloudlab": set[tuple[str, str]](),
    "goingdark": {
        ("P31", "Deployment.apps cryptpad/cryptpad"),
        ("P31", "Deployment.apps mastodon/mastodon-streaming"),
        ("P74", "HTTPRoute.gateway.networking.k8s.io argocd/argocd-webhook"),
        ("R10", "RoleBinding.rbac.authorization.k8s.io argocd/kubechecks-configmap-reader-binding"),
        ("R19", "Certificate.cert-manager.io mastodon/mastodon-elastic-server"),
    },
    "infra": set[tuple[str, str]](),
    "mycluster-0": {
        ("P05", "Deployment.apps dagger/dagger-engine"),
        ("P60", "ClusterRoleBinding.rbac.authorization.k8s.io ogenki-admin"),
        ("V03", "TLSRoute.gateway.networking.k8s.io security/zitadel"),
    },
    "talos": {("P10", "Deployment.apps dns-system/powerdns")},
}
# Notes on the plain tree, which does not show that the version was chosen in code.
NOTED = {
    "apps": {
        ("V03", "Kafka.kafka.strimzi.io messaging/kafka-cluster"),
        ("V03", "KafkaNodePool.kafka.strimzi.io messaging/controller-broker"),
    },
}
_QUEUES = ("background", "default", "federation", "scheduler")
_PARTS = ("web", "streaming", *(f"sidekiq-{each}" for each in _QUEUES))
_JOBS = (
    "cache-recount-accounts",
    "cache-recount-statuses",
    "db-migrate",
    "db-migrate-post-deployment",
    "db-migrate-pre-deployment",
    "remove-orphans",
    "search-deploy",
)
_TOR = ("Deployment.apps mastodon/mastodon-onion", "Deployment.apps mastodon/tor-proxy")
# Waived by declared exceptions, whose rules are those of the restricted profile.
DECLARED = {
    "apps": set[tuple[str, str]](),
    "cloudlab": set[tuple[str, str]](),
    "goingdark": {
        *((rule, each) for rule in ("P01", "P02") for each in _TOR),
        ("P03", "Deployment.apps cryptpad/cryptpad"),
        ("P03", "Deployment.apps hypebot/hypebot"),
        ("P03", "Deployment.apps mastodon/tor-proxy"),
        *(("P03", f"Deployment.apps mastodon/mastodon-{each}") for each in _PARTS),
        *(("P03", f"Job.batch mastodon/mastodon-{each}") for each in _JOBS),
    },
    "infra": set[tuple[str, str]](),
    "mycluster-0": {
        (rule, "Deployment.apps dagger/dagger-engine")
        for rule in ("P01", "P02", "P03", "P04", "P06", "P08")
    },
    "talos": {("P03", "Deployment.apps agents/devbot-desktop")},
}
# Declared, and reported by no rule: all others are dropped.
DEFAULT_CAPABILITIES = {
    ("P07", each) for each in (*_TOR, "Deployment.apps dns-system/powerdns")
}
# Names of Jobs that run again when their content changes.
HASHED = re.compile(r"(Job\.batch .*)-[0-9a-f]{10}")
# True of the example as it is written, for each of its clusters.
UNLABELLED = "no pod-security level is set, so that any pod is admitted"
FLOATING = "the version is a range, so that it changes without a commit"
EXPLAINED = {
    ("P67", "Namespace cert-manager"): UNLABELLED,
    ("P67", "Namespace envoy-gateway-system"): UNLABELLED,
    ("P67", "Namespace podinfo"): UNLABELLED,
    ("P79", "HelmRelease.helm.toolkit.fluxcd.io podinfo/podinfo"): FLOATING,
    ("P79", "OCIRepository.source.toolkit.fluxcd.io cert-manager/cert-manager"): FLOATING,
    ("P79", "OCIRepository.source.toolkit.fluxcd.io envoy-gateway-system/gateway-helm"): FLOATING,
}


def found(report: Report) -> set[tuple[str, str]]:
    return {(each.rule, unhashed(each.finding.object)) for each in report.violations}


def unhashed(identity: object) -> str:
    return HASHED.sub(r"\1", str(identity))


def elsewhere(report: Report) -> list[str]:
    return sorted((each.what for each in report.unchecked), key=str.casefold)


def checked(trees: Sequence[ClusterTree], settings: Settings) -> list[Report]:
    return [check_tree(settings.settle(tree), settings.rules(), (), TODAY) for tree in trees]


def test_the_platform_is_clean_and_no_object_is_skipped() -> None:
    platform = main_platform.platform()
    trees = list(main_platform.generated_trees().values())
    for tree, report in zip(trees, checked(trees, SETTINGS), strict=True):
        untyped = [each for each in ELSEWHERE[report.cluster] if "://" not in each]
        assert found(report) == WAIVED[report.cluster]
        assert elsewhere(report) == sorted(ELSEWHERE[report.cluster], key=str.casefold)
        assert report.objects + len(untyped) == len(tree.subjects) > 40
    waived = {
        cluster.name: {
            (each.rule, unhashed(each.object)) for one in cluster.components for each in one.waivers
        }
        - DEFAULT_CAPABILITIES
        for cluster in platform.clusters
    }
    assert waived == {name: WAIVED[name] | DECLARED[name] for name in WAIVED}
    restricted = Settings(profile="restricted", untyped=SETTINGS.untyped)
    for report in checked(trees, restricted):
        assert found(report) >= DECLARED[report.cluster], "a declared exception is not needed"


def with_other_sources(tree: ClusterTree) -> list[str]:
    """Return the Applications with charts, or with folders of other repositories."""
    own = "https://github.com/goingdark-social/IaC.git"
    return [
        str(each.identity)
        for each in tree.of_kind("argoproj.io", "Application")
        for source in (each.spec.get("source"), *each.spec.get("sources", ()))
        if source and source["repoURL"] != own
    ]


def test_the_committed_tree_is_clean_as_plain_yaml() -> None:
    trees = list(main_platform.committed_trees().values())
    reports = checked(trees, SETTINGS)
    assert [report.cluster for report in reports] == sorted(ELSEWHERE)
    for tree, report in zip(trees, reports, strict=True):
        expected = with_other_sources(tree) or ELSEWHERE[report.cluster]
        assert found(report) == WAIVED[report.cluster] | NOTED.get(report.cluster, set())
        assert elsewhere(report) == sorted(expected, key=str.casefold)


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example repository is not at hand")
def test_every_finding_in_a_repository_of_others_is_explained() -> None:
    reports = checked(from_folder(EXAMPLE), Settings())
    assert [report.cluster for report in reports] == ["production", "staging"]
    for report in reports:
        assert found(report) == set(EXPLAINED)
        assert report.errors == 0
