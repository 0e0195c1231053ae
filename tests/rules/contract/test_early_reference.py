"""Items of 1Password that machine configurations and bootstraps name."""

from __future__ import annotations

from kubestrata.rules.contract.contract import contract_of
from kubestrata.rules.machine_config import MachineDocument
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Location


def test_fields_of_an_item_are_properties_of_one_key() -> None:
    manifest = {
        "machine": {"token": "op://Prod/home/TOKEN", "type": "worker"},
        "cluster": {"secret": "{{ op://Prod/home/SECRET }}", "ca": {"key": "op://Ops/ca/pair/key"}},
    }
    place = Location("charts/home.py", 7)
    tree = ClusterTree("home", "1.34", [], machines=[MachineDocument(manifest, place)])
    found = {
        (each.source, each.name): sorted(each.properties)
        for each in contract_of(tree)
        if each.sort == "store-key"
    }
    assert found == {("op://Prod", "home"): ["SECRET", "TOKEN"], ("op://Ops", "ca"): ["pair/key"]}


def test_documents_without_references_need_nothing() -> None:
    manifest = {"machine": {"token": "${TOKEN}"}}
    document = MachineDocument(manifest, Location("charts/home.py", 7))
    tree = ClusterTree("home", "1.34", [], machines=[document])
    assert contract_of(tree) == []
