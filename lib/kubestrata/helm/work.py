"""The messages between a command and its worker processes: one JSON line each."""

from __future__ import annotations

from typing import Any

from msgspec import field

from kubestrata.core.frozen import Frozen
from kubestrata.helm.rendered import NotRendered, Rendered


class Work(Frozen):
    """A release to render; `store` and `folders` are where missing sub-charts are looked up."""

    path: str
    digest: str
    name: str
    namespace: str
    values: dict[str, Any]
    kubernetes: str
    api_versions: list[str]
    is_upgrade: bool
    objects: dict[str, dict[str, Any]]
    store: str
    folders: list[str]
    once: bool = False
    """Render once, whatever the templates use: for a comparison that leaves out what differs.

    Its result has no CRDs of crds/, which do not depend on values, and no generated certificates.
    """
    known: dict[str, str] = field(default_factory=dict[str, str])
    """The `texts` of the result that it is compared with: the same ones are not read again."""
    has_schema: bool = True


class UsedChart(Frozen):
    """A sub-chart that was not in its chart, and came from the store."""

    name: str
    version: str
    digest: str


class Outcome(Frozen):
    """Either `rendered` or `failed`; `used` are sub-charts from the store.

    `texts` are digests of the text of each template, `unchanged` the templates with a known one,
    whose objects are not in `rendered`.
    """

    rendered: Rendered | None = None
    failed: NotRendered | None = None
    used: list[UsedChart] = field(default_factory=list[UsedChart])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    unchanged: list[str] = field(default_factory=list[str])

    @property
    def is_final(self) -> bool:
        """Return True if the same chart and values give it again on every machine."""
        return self.rendered is not None or (self.failed is not None and self.failed.is_refused)

    @property
    def result(self) -> Rendered | NotRendered:
        """The objects, or why there are none."""
        return self.rendered or self.failed or NotRendered("the worker gave no result")
