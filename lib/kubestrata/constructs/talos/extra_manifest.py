"""Manifests that Talos downloads, at the revision that a component reconciles."""

from __future__ import annotations

from kubestrata.core.argument import require
from kubestrata.core.cluster import Component
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.source import RemoteManifests
from kubestrata.core.value.placeholder import has_mark
from kubestrata.core.value.url import check_url

_REVISION = "{revision}"


class ExtraManifest(Frozen):
    """A YAML file at a URL, in the revision of a component's source.

    `url` contains `{revision}`, which is replaced by the tag or commit of the source, so that Talos
    installs the version that GitOps reconciles. Raises InvalidValue for a component without a
    source, or a URL that fixes a revision itself.
    """

    component: Component
    url: str

    def __post_init__(self) -> None:
        require("component of an ExtraManifest", self.component, Component)
        check_url("url", self.url, schemes=("https",))
        if self.component.source is None:
            why = "has no source, so no revision to download"
            fix = "pass its objects as inline= of TalosManifests"
            raise InvalidValue(f"component {self.component.name!r}", why, fix)
        if has_mark(self.url):
            why = "contains a placeholder: Talos substitutes no variables"
            raise InvalidValue(f"url of component {self.component.name!r}", why)
        if self.url.count(_REVISION) != 1:
            why = f"must contain {_REVISION} once, in place of the tag or commit"
            raise InvalidValue(f"url {self.url!r}", why)

    @property
    def address(self) -> str:
        """The URL at the revision of the component's source."""
        source = require("source", self.component.source, RemoteManifests)
        (revision,) = source.revision.values()
        return self.url.replace(_REVISION, revision)
