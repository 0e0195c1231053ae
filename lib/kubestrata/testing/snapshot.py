"""Snapshots of manifests with syrupy: one YAML file each, with readable diffs.

In conftest.py:

    @pytest.fixture
    def manifests(snapshot):
        return snapshot.use_extension(YamlSnapshot)

In a test: `assert rendered == manifests`, or `rendered.yaml`, or one object of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.testing.extra import MissingExtra
from kubestrata.testing.rendered_tree import RenderedTree
from kubestrata.testing.tree_object import TreeObject

if TYPE_CHECKING:
    from syrupy.types import (
        PropertyFilter,
        PropertyMatcher,
        SerializableData,
        SerializedData,
    )

try:
    from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
except ImportError as error:
    raise MissingExtra("syrupy", __name__) from error


class YamlSnapshot(SingleFileSnapshotExtension):
    """A YAML file per snapshot, with the text that `kubestrata synth` would write."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT

    def serialize(
        self,
        data: SerializableData,
        *,
        exclude: PropertyFilter | None = None,
        include: PropertyFilter | None = None,
        matcher: PropertyMatcher | None = None,
    ) -> SerializedData:
        """Return the YAML of a rendered tree or object, and other data as text."""
        if isinstance(data, RenderedTree | TreeObject):
            return data.yaml
        return super().serialize(data, exclude=exclude, include=include, matcher=matcher)
