"""Notifications of Flux events, and monitoring of Flux."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import KubestrataError
from kubestrata.constructs import HelmRelease
from kubestrata.constructs.observability import (
    EventSource,
    FluxMonitoring,
    Monitoring,
    Notification,
    Receiver,
)
from kubestrata.constructs.observability.flux_state import (
    HELM_KINDS,
    OCI_REPOSITORY,
    STATE,
    kube_state_metrics,
)
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.observability.world import KINDS, NAMES, secret, shop, victoria
from tests.small_platform import chart, new_component

EVERYTHING = [EventSource("Kustomization", "flux-system"), EventSource("HelmRelease", "shop", "a")]


def test_notification_full(manifests: SnapshotAssertion) -> None:
    component = shop()
    Notification(
        component,
        "deployments",
        to=Receiver.slack(secret(component, "address"), channel="platform"),
        sources=EVERYTHING,
        severity="info",
        summary="c1",
        exclude=["^Dependencies do not meet"],
    )
    assert rendered(component) == manifests
    assert faults(component) == []


def test_every_medium_is_reached_in_its_own_way() -> None:
    component = shop()
    keys = secret(component, "address", "token")
    alerts = HelmRelease(component, "am", chart=chart("am")).service("am", 9093)
    receivers = [
        Receiver.alertmanager(alerts),
        Receiver.discord(keys),
        Receiver.slack_bot(keys, channel="platform"),
        Receiver.webhook(keys),
    ]
    for receiver in receivers:
        Notification(component, f"to-{receiver.name}", to=receiver, sources=EVERYTHING)
    found = {item["metadata"]["name"]: item["spec"] for item in objects(component, "Provider")}
    named = {"secretRef": {"name": "credentials"}}
    address = "https://slack.com/api/chat.postMessage"
    assert found == {
        "alertmanager": {
            "type": "alertmanager",
            "address": "http://am.shop.svc.cluster.local:9093/api/v2/alerts/",
        },
        "discord": {"type": "discord", **named},
        "slack": {"type": "slack", "channel": "platform", "address": address, **named},
        "webhook": {"type": "generic", **named},
    }
    assert faults(component) == []


def test_a_secret_without_the_key_is_refused() -> None:
    component = shop()
    with pytest.raises(KubestrataError, match="has no key 'address'; it has token"):
        Receiver.slack(secret(component, "token"), channel="platform")


def test_a_secret_of_another_namespace_is_refused() -> None:
    component = shop()
    bank = new_component(component.cluster, "bank")
    to = Receiver.discord(secret(component, "address"))
    with pytest.raises(KubestrataError, match="is in namespace 'shop', its user in 'bank'"):
        Notification(bank, "errors", to=to, sources=EVERYTHING)


def test_a_notification_without_sources_is_refused() -> None:
    component = shop()
    to = Receiver.discord(secret(component, "address"))
    with pytest.raises(KubestrataError, match="notification 'errors': watches nothing"):
        Notification(component, "errors", to=to, sources=[])


@pytest.mark.parametrize("monitoring", KINDS, ids=NAMES)
def test_flux_monitoring(
    monitoring: Callable[[], Monitoring], manifests: SnapshotAssertion
) -> None:
    component = shop(monitoring())
    FluxMonitoring(component)
    assert rendered(component) == manifests
    assert faults(component) == []


def test_flux_admits_its_scraper_itself() -> None:
    component = shop(victoria())
    FluxMonitoring(component)
    names = [item["metadata"]["name"] for item in objects(component, "CiliumNetworkPolicy")]
    assert names == ["allow-dns", "default-deny"]


def test_the_state_of_every_kind_is_measured_and_may_be_read() -> None:
    kinds = (*HELM_KINDS, OCI_REPOSITORY)
    values = kube_state_metrics(kinds)
    state = values["customResourceState"]
    assert isinstance(state, dict)
    resources = state["config"]["spec"]["resources"]
    measured = {each["groupVersionKind"]["kind"] for each in resources}
    assert measured == {kind.kind for kind in kinds}
    (name,) = {
        f"{each['metricNamePrefix']}_{metric['name']}"
        for each in resources
        for metric in each["metrics"]
    }
    assert name == STATE
    rbac = values["rbac"]
    assert isinstance(rbac, dict)
    readable = {plural for rule in rbac["extraRules"] for plural in rule["resources"]}
    assert readable == {kind.plural for kind in kinds}
