"""What the tests of constructs share: a snapshot that reads as manifests."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class YamlSnapshot(SingleFileSnapshotExtension):
    """One YAML file a snapshot, so that a change reads as a change of manifests."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def manifests(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(YamlSnapshot)
