"""Snapshot fixture for tests of constructs."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class YamlSnapshot(SingleFileSnapshotExtension):
    """One YAML file per snapshot, so that a diff shows changes of manifests."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def manifests(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(YamlSnapshot)
