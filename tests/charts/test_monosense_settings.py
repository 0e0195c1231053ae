"""Settings of infra and apps: each of the former variables is typed, used or gone."""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from pathlib import Path

import pytest

from charts.clusters.monosense.apps import APPS
from charts.clusters.monosense.infra import INFRA
from tests.charts.monosense_setting import SETTINGS, Constant, Derived, Gone, Typed

DIST = Path(__file__).resolve().parents[2] / "dist"
CLUSTERS = {"apps": APPS, "infra": INFRA}


@cache
def text(cluster: str, name: str = "") -> str:
    """Return all files that a cluster reconciles, or those with a name in their path."""
    files = sorted((DIST / cluster).rglob("*.yaml"))
    return "\n".join(file.read_text() for file in files if name in str(file.relative_to(DIST)))


def test_every_setting_is_accounted_for() -> None:
    assert len(SETTINGS) == 171


@pytest.mark.parametrize("key", [key for key, kind in SETTINGS.items() if isinstance(kind, Typed)])
def test_a_typed_setting_is_a_field_that_is_used(key: str) -> None:
    typed = SETTINGS[key]
    assert isinstance(typed, Typed)
    read = attrgetter(typed.field)
    assert (read(INFRA), read(APPS)) == (typed.infra, typed.apps)
    assert str(typed.infra) in text("infra")
    assert str(typed.apps) in text("apps")


@pytest.mark.parametrize(
    "key",
    [key for key, kind in SETTINGS.items() if isinstance(kind, Constant | Derived)],
)
def test_a_constant_is_in_the_objects_of_its_clusters(key: str) -> None:
    constant = SETTINGS[key]
    assert isinstance(constant, Constant | Derived)
    assert [
        name for name in constant.clusters if constant.text not in text(name, constant.file)
    ] == []


def test_a_setting_that_is_gone_has_a_reason() -> None:
    gone = {key: kind.reason for key, kind in SETTINGS.items() if isinstance(kind, Gone)}
    assert all(gone.values())
    assert sum(reason == "read by nobody" for reason in gone.values()) == 48


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_nothing_is_left_to_substitute(cluster: str) -> None:
    assert "postBuild" not in text(cluster)
    used = set(re.findall(r"\$\{(\w+)", text(cluster)))
    assert sorted(used & SETTINGS.keys()) == []
    assert not (DIST / cluster / "flux" / "cluster-settings-configmap.yaml").exists()
