"""Settings of delivery by Argo CD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import msgspec

from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label
from kubestrata.core.origin import Origin, caller
from kubestrata.core.source import GitRepository
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.time_zone import time_zone_problem
from kubestrata.core.value.typed_text import check_texts
from kubestrata.knowledge import knowledge
from kubestrata.rules.api_group import HELM
from kubestrata.rules.argo_setting import HEALTH_KEY, PROGRESSIVE_KEY

ChartDelivery = Literal["rendered", "source"]
ArgoLayout = Literal["applications", "application-sets"]


class SyncRetry(Frozen):
    """Retries of a failed sync: `limit` times, from `delay` on, twice as long each time."""

    limit: int = 5
    delay: Duration = msgspec.field(default_factory=lambda: Duration("10s"))
    longest_delay: Duration = msgspec.field(default_factory=lambda: Duration("3m"))

    def __post_init__(self) -> None:
        check_texts(self)
        if self.limit < 1:
            why = "is not a valid number of retries: must be 1 or more"
            raise InvalidValue(f"limit {self.limit!r}", why, "write 5")


ApplicationAction = Literal[
    "*", "action/*", "create", "delete", "get", "override", "sync", "update"
]


class ProjectRole(Frozen):
    """A role in each AppProject of a cluster: actions on its Applications, for some groups.

    `groups` are those of the identity provider; roles without any are for tokens.
    """

    name: str
    actions: Sequence[ApplicationAction] = ("get",)
    groups: Sequence[str] = ()

    def __post_init__(self) -> None:
        check_label("role", self.name)
        if not self.actions:
            raise InvalidValue(f"role {self.name!r}", "has no actions", "write actions=['get']")


class SyncWindow(Frozen):
    """Hours in which Argo CD may sync Applications (allow), or may not (deny).

    A window begins by the `schedule`, in the time zone or else in UTC, and ends after the
    `duration`. With any window of kind allow, all other hours are denied. `applications` are names
    of Applications with wildcards, `layers` those whose projects have the window, by default all.
    With `manual_sync` somebody may sync by hand while the window denies it.
    """

    kind: Literal["allow", "deny"]
    schedule: Cron
    duration: Duration
    applications: Sequence[str] = ("*",)
    layers: Sequence[str] = ()
    time_zone: str = ""
    manual_sync: bool = False

    def __post_init__(self) -> None:
        check_texts(self)
        what = f"sync window {self.schedule!r}"
        if not self.applications:
            raise InvalidValue(what, "selects no Applications", "write applications=['*']")
        if self.time_zone and (problem := time_zone_problem(self.time_zone)):
            why = f"is not a valid time zone: {problem}"
            raise InvalidValue(f"{self.time_zone!r} of {what}", why)


class Retiring(Frozen):
    """Kinds and namespaces that no component of a layer uses any more, for as long as they stay.

    Argo CD deletes only what a project allows, and the projects shrink in the same commit.
    `kinds` are written with their group: `Ingress.networking.k8s.io`, `Secret`.
    """

    layer: str
    kinds: Sequence[str] = ()
    namespaces: Sequence[str] = ()

    def __post_init__(self) -> None:
        for each in self.namespaces:
            check_label("namespace", each)
        for each in self.kinds:
            if not each[:1].isupper() or "/" in each:
                why = "is not a valid kind: must be the kind, a dot and its group"
                raise InvalidValue(f"kind {each!r}", why, "write 'Ingress.networking.k8s.io'")

    @property
    def group_kinds(self) -> Sequence[tuple[str, str]]:
        """The group and the kind of each."""
        return [(each.partition(".")[2], each.partition(".")[0]) for each in self.kinds]


@dataclass(frozen=True, slots=True)
class ArgoCd:
    """Delivery by Argo CD from `repository`, whose folder `path` is the output.

    A root Application, `<cluster>-root`, applies an Application for each component, and an
    AppProject for each layer. Sync waves follow the derived order; Argo CD waits for the
    Applications of a wave only with `HEALTH` in its ConfigMap `argocd-cm`.

    With layout="application-sets" an ApplicationSet for each layer makes the Applications from the
    folders of the output, and rolls them out in the derived order, for which the ConfigMap
    `argocd-cmd-params-cm` must have `PROGRESSIVE_KEY`.

    HelmReleases become what Argo CD applies: with charts="rendered" their charts' objects are in
    the output, so `kubestrata import --charts` must have fetched the charts; with "source" Argo CD
    renders them. `server` is the API server of the cluster, by default that of Argo CD itself;
    `prefix` begins the names of Applications and projects where one Argo CD delivers several.
    `retiring` is what projects still allow while Argo CD deletes the last objects of it. Each
    project has the `roles`; with `warns_of_orphans` Argo CD reports objects in the namespaces of
    a layer that no Application has. `sync_windows` are those of the projects of layers: the root
    has none, so that what Argo CD reads of the output never waits.
    """

    HEALTH_KEY: ClassVar[str] = HEALTH_KEY
    """The key of HEALTH in the ConfigMap `argocd-cm`."""
    PROGRESSIVE_KEY: ClassVar[str] = PROGRESSIVE_KEY
    """The key of the ConfigMap `argocd-cmd-params-cm` that application-sets need, with "true"."""
    HEALTH: ClassVar[str] = """\
local found = (obj.status or {}).health or {}
local status = found.status or "Progressing"
-- A suspended Job waits for somebody, and no wave waits for it.
if status == "Suspended" then status = "Healthy" end
return {
  status = status,
  message = found.message or "",
}
"""
    """The health of an Application (Lua), without which waves do not wait for it."""

    OWN_SERVER: ClassVar[str] = "https://kubernetes.default.svc"
    """The address of the API server that Argo CD itself runs on."""

    repository: GitRepository
    path: str = "dist"
    charts: ChartDelivery = "rendered"
    layout: ArgoLayout = "applications"
    namespace: str = "argocd"
    server: str = OWN_SERVER
    prefix: str = ""
    retry: SyncRetry = field(default_factory=SyncRetry)
    self_heal: bool = True
    retiring: Sequence[Retiring] = ()
    roles: Sequence[ProjectRole] = ()
    warns_of_orphans: bool = False
    sync_windows: Sequence[SyncWindow] = ()
    origin: Origin = field(default_factory=caller, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        fix = "write GitRepository(url=...)"
        require("repository of ArgoCd", self.repository, GitRepository, fix=fix)
        check_label("namespace", self.namespace)
        parts = self.path.split("/")
        if not all(parts) or {".", ".."} & set(parts):
            why = "is not a valid path: must be relative, without './' and '..'"
            raise InvalidValue(f"path {self.path!r}", why, "write 'dist'")
        if self.prefix:
            check_label("prefix", self.prefix.rstrip("-") or self.prefix)

    @property
    def placeholders(self) -> Sequence[str]:
        """No names: Argo CD substitutes no variables."""
        return ()

    @property
    def groups(self) -> frozenset[str]:
        """The API groups of Argo CD's own CRDs, and of HelmReleases, which it never sees."""
        return frozenset(knowledge().projects["argo"].groups) | {HELM}
