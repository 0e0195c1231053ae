"""The result of rendering a release: objects with their templates, or why there are none."""

from __future__ import annotations

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest


class RenderedObject(Frozen):
    """An object of a chart, and the path of its template (`shop/templates/service.yaml`).

    `events` are those of `helm.sh/hook` (`pre-install`), empty for other objects;
    `weight` orders the hooks of one event.
    """

    manifest: Manifest
    template: str
    events: tuple[str, ...] = ()
    weight: int = 0

    @property
    def is_hook(self) -> bool:
        """Return True if Helm applies it at certain moments, outside of the release."""
        return bool(self.events)


class RenderFault(Frozen):
    """A part of the output that is not a Kubernetes object; `line` is in the rendered text."""

    template: str
    line: int
    why: str


class Rendered(Frozen):
    """The objects of a release in the order of Helm's templates; `crds` are those of `crds/`.

    `replaced` are the fields with a placeholder, because each rendering gives another value:
    `Secret shop/tls data.ca.crt`. `faults` are documents that the API server would refuse.
    """

    objects: tuple[RenderedObject, ...]
    crds: tuple[RenderedObject, ...] = ()
    faults: tuple[RenderFault, ...] = ()
    replaced: tuple[str, ...] = ()


class NotRendered(Frozen):
    """The reason why a release has no objects.

    `is_refused` is True if Helm itself refuses chart and values, so that the release would fail in
    the cluster too; `template` and `line` are the place, where Helm names one. Otherwise the
    reason is on this machine: no chart, no engine, a limit of time or memory.
    """

    why: str
    is_refused: bool = False
    template: str = ""
    line: int = 0
