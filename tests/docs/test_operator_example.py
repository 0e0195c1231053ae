"""An operator is one file of facts, as the page for contributors says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kubestrata import Cluster, Component, Namespace, RawResource
from kubestrata.core.identity import identity_of
from kubestrata.delivery.health import Readiness
from kubestrata.delivery.unit import units_of
from kubestrata.knowledge import FOLDER, Knowledge, read
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from tests.rules.fixture import told
from tests.small_platform import new_cluster

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "CONTRIBUTING.md").read_text().partition("## Add an operator")[2]
[FILE] = re.findall(r"```toml\n(.*?)```", SECTION.partition("\n## ")[0], re.DOTALL)
GROUP = "queues.example.com"
TOPIC = f"Topic.{GROUP}"
RULES = {rule.id: rule for rule in (*rules_of("references"), *rules_of("graph"))}


@pytest.fixture(name="facts")
def _facts(tmp_path: Path) -> Knowledge:
    (tmp_path / "queue-operator.toml").write_text(FILE)
    return read(FOLDER, tmp_path)


def subject(api_version: str, kind: str, name: str, spec: dict[str, Any]) -> Subject:
    metadata = {"name": name, "namespace": "shop"}
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
    return Subject(identity_of(manifest), manifest, Location("a.yaml", 1))


def tree(facts: Knowledge, *subjects: Subject) -> ClusterTree:
    return ClusterTree("c", "1.35", subjects, knowledge=facts)


def queue(**spec: Any) -> Subject:
    return subject(f"{GROUP}/v1", "Queue", "orders", spec)


def topic(queue_name: str) -> Subject:
    return subject(f"{GROUP}/v1", "Topic", "paid", {"queueRef": {"name": queue_name}})


def pod(secret: str, key: str) -> Subject:
    variable = {"name": "LOGIN", "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
    return subject("v1", "Pod", "web", {"containers": [{"name": "web", "env": [variable]}]})


def test_its_references_are_checked(facts: Knowledge) -> None:
    assert told(RULES["R13"], tree(facts, queue(), topic("orders"))) == []
    assert told(RULES["R13"], tree(facts, queue(), topic("order"))) == [
        f"{TOPIC} shop/paid spec.queueRef.name: no Queue order in namespace shop [name orders]"
    ]
    assert told(RULES["R07"], tree(facts, queue(storageClassName="fast"))) == [
        (
            f"Queue.{GROUP} shop/orders spec.storageClassName: no StorageClass fast "
            "[create the StorageClass, or name an existing one]"
        )
    ]


def test_its_secrets_are_known(facts: Knowledge) -> None:
    assert told(RULES["R06"], tree(facts, queue(), pod("orders-login", "username"))) == []
    (found,) = told(RULES["R06"], tree(facts, queue(), pod("orders-login", "user")))
    assert "Secret orders-login has no key user" in found


def test_without_its_file_nothing_is_known_of_it() -> None:
    unknown = read(FOLDER)
    assert told(RULES["R13"], tree(unknown, queue(), topic("order"))) == []
    assert told(RULES["R07"], tree(unknown, queue(storageClassName="fast"))) == []
    # Any Secret whose name contains that of the queue may be its operator's.
    assert told(RULES["R06"], tree(unknown, queue(), pod("orders-login", "user"))) == []


def test_its_chart_is_the_advice_where_its_crds_are_missing(facts: Knowledge) -> None:
    (found,) = told(RULES["G05"], tree(facts, queue()))
    assert found.endswith(f"nothing installs the CRDs of {GROUP} [add the chart queue-operator]")


def test_flux_waits_for_it_as_the_file_says(facts: Knowledge) -> None:
    cluster: Cluster = new_cluster(groups=(GROUP,))
    home = Namespace("shop", pod_security="restricted")
    shop = Component(cluster, "shop", layer="apps", namespace=home)
    RawResource(shop, "orders", {"apiVersion": f"{GROUP}/v1", "kind": "Queue"})
    (unit,) = units_of(cluster).by_name.values()
    assert Readiness(knowledge=facts).of(unit) == [
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "Queue",
            "current": "has(status.phase) && status.phase == 'Running'",
        }
    ]
    assert Readiness().of(unit) == []


def test_the_data_of_its_objects_is_known(facts: Knowledge) -> None:
    assert facts.kind(GROUP, "Queue").data == "its messages"
