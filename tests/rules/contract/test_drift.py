"""The comparison of a contract with the other side."""

from __future__ import annotations

from dataclasses import replace

from kubestrata.rules.contract.drift import drift_of
from kubestrata.rules.counterpart import Counterpart
from kubestrata.rules.subject import ClusterTree, Declared
from kubestrata.rules.violation import Location
from tests.rules.contract.world import tree_of

TEXT = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data:
    - {secretKey: a, remoteRef: {key: shop/web, property: login}}
    - {secretKey: b, remoteRef: {key: shop/web, property: word}}
    - {secretKey: c, remoteRef: {key: "${cluster}/db"}}
"""


def against(tree: ClusterTree, *files: Counterpart) -> tuple[list[str], list[str]]:
    """Return the missing needs, with lines and fixes, and what is not needed."""
    drift = drift_of(replace(tree, counterparts=files))
    missing = [
        f"{each.message} [{each.fix}] {each.place}: {', '.join(use.path for use in each.uses)}"
        for each in drift.missing
    ]
    return missing, list(map(str, drift.extra))


def keys(**known: frozenset[str] | None) -> Counterpart:
    names = {name.replace("__", "/"): each for name, each in known.items()}
    return Counterpart("keys.txt", {"store-key": names})


def test_everything_that_exists_is_no_drift() -> None:
    everything = keys(shop__web=frozenset({"login", "word", "more"}), home__db=None)
    assert against(tree_of(TEXT), everything) == ([], [])


def test_a_missing_key_has_its_lines_and_the_nearest_name() -> None:
    missing, extra = against(tree_of(TEXT), keys(shop__wep=None, home__db=None))
    assert missing == [
        (
            "key shop/web does not exist outside [write shop/wep] web.yaml:1: "
            "spec.data[0].remoteRef.key, spec.data[1].remoteRef.key"
        )
    ]
    assert extra == ["key shop/wep"]


def test_a_missing_property_has_its_line() -> None:
    missing, _ = against(tree_of(TEXT), keys(shop__web=frozenset({"login"}), home__db=None))
    assert missing == ["key shop/web has no word outside [] web.yaml:1: spec.data[1].remoteRef.key"]


def test_properties_that_are_not_listed_are_not_compared() -> None:
    assert against(tree_of(TEXT), keys(shop__web=None, home__db=None)) == ([], [])


def test_a_name_with_variables_needs_one_that_it_may_become() -> None:
    missing, extra = against(tree_of(TEXT), keys(shop__web=None, home__database=None))
    assert [each.partition(" does")[0] for each in missing] == ["key ${cluster}/db"]
    assert extra == ["key home/database"]


def test_several_files_are_one_side() -> None:
    one, two = keys(shop__web=frozenset({"login"})), keys(shop__web=frozenset({"word"}))
    assert against(tree_of(TEXT), one, two, keys(home__db=None)) == ([], [])
    assert against(tree_of(TEXT), one, keys(shop__web=None, home__db=None)) == ([], [])


def test_sorts_that_no_file_describes_are_not_compared() -> None:
    assert against(tree_of(TEXT), Counterpart("c.json", {"bucket": {}})) == ([], [])
    missing, _ = against(tree_of(TEXT), Counterpart("c.json", {"store-key": {}}))
    assert len(missing) == 2


def test_files_about_other_clusters_are_not_compared() -> None:
    other = Counterpart("c.json", {"store-key": {}}, frozenset({"away"}))
    drift = drift_of(tree_of(TEXT, counterparts=[other]))
    assert (drift.missing, drift.is_compared) == ([], False)


def test_a_variable_must_be_text_outside() -> None:
    facts = "ConfigMap flux-system/facts"
    declared = [
        Declared("variable", name, Location("main.py", 3), facts) for name in ("subnets", "region")
    ]
    outputs = Counterpart(
        "outputs.json", {"variable": {"subnets": None}}, unusable={"subnets": "list"}
    )
    missing, _ = against(tree_of("", declared=declared), outputs)
    assert missing == [
        "variable region does not exist outside [] main.py:3: ",
        "variable subnets is not text outside, but of type list [] main.py:3: ",
    ]


def test_what_a_chart_may_create_or_is_optional_is_no_drift() -> None:
    text = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec: {chart: {spec: {chart: web}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - {name: a, image: "a:1", envFrom: [{secretRef: {name: made}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: bare}
spec:
  containers:
    - {name: a, image: "a:1", envFrom: [{secretRef: {name: may, optional: true}}]}
    - {name: b, image: "a:1", envFrom: [{secretRef: {name: must}}]}
"""
    missing, _ = against(tree_of(text), Counterpart("c.json", {"secret": {}}))
    assert [each.partition(" does")[0] for each in missing] == ["Secret bare/must"]
