"""Classes of local volumes."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata.constructs.storage import HostPathClass, VolumeClass
from kubestrata.core.errors import InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import world


def test_minimal(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    HostPathClass(shop, "local", path="/var/openebs/local")
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_full(manifests: SnapshotAssertion) -> None:
    shop, _ = world()
    settings = VolumeClass(default=True, reclaim="Retain", expandable=False)
    HostPathClass(shop, "local", path="/var/mnt/openebs/", settings=settings)
    assert rendered(shop) == manifests
    assert faults(shop) == []


def test_a_volume_waits_for_its_pod() -> None:
    shop, _ = world()
    made = HostPathClass(shop, "local", path="/var/openebs/local")
    (found,) = objects(shop, "StorageClass")
    assert found["volumeBindingMode"] == "WaitForFirstConsumer"
    assert made.ref.object_name == "local"


@pytest.mark.parametrize("path", ["openebs", "/", "/var/../etc", ""])
def test_the_path_is_a_folder_of_the_node(path: str) -> None:
    shop, _ = world()
    with pytest.raises(InvalidValue, match="must be absolute and not the root"):
        HostPathClass(shop, "local", path=path)


def test_only_known_reclaim_policies_are_accepted() -> None:
    wrong: Any = "Recycle"
    with pytest.raises(InvalidValue, match="must be one of Delete, Retain"):
        VolumeClass(reclaim=wrong)
