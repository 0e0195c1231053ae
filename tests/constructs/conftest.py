"""Snapshot fixture for tests of constructs."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata.testing.snapshot import YamlSnapshot


@pytest.fixture
def manifests(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(YamlSnapshot)
