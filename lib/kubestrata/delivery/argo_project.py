"""AppProjects of Argo CD: what the components of a layer use, and nothing else."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from kubestrata.core.api_scope import is_cluster_scoped, is_scope_known
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.delivery.argo_cd import ArgoCd, ProjectRole, SyncWindow
from kubestrata.delivery.argo_object import FINALIZER, argo_object
from kubestrata.rules.api_group import ARGO

# Projects exist before the Applications that are in them.
_WAVE = -1
_ANY = "*"
_ALL = {"group": _ANY, "kind": _ANY}
_POD = ("", "Pod")
# Argo CD shows objects that others create (and logs) only if their kinds are allowed too.
_CREATED = {
    ("", "Service"): {("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice")},
    ("apps", "DaemonSet"): {("apps", "ControllerRevision"), _POD},
    ("apps", "Deployment"): {("apps", "ReplicaSet"), _POD},
    ("apps", "StatefulSet"): {("apps", "ControllerRevision"), _POD},
    ("batch", "CronJob"): {("batch", "Job"), _POD},
    ("batch", "Job"): {_POD},
}


@dataclass(slots=True)
class ProjectUse:
    """The repositories, namespaces and kinds that the Applications of a project use.

    A project `is_open` to every kind if a part of its objects is not known here.
    """

    name: str
    repositories: set[str] = field(default_factory=set[str])
    namespaces: set[str] = field(default_factory=set[str])
    cluster_kinds: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    namespaced_kinds: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    is_open: bool = False
    is_root: bool = False
    """True for the project of Argo CD's own objects, whose namespace has others too."""

    def add(self, identities: Iterable[Identity], defined: Container[tuple[str, str]] = ()) -> None:
        """Add objects with their namespaces and kinds; CRDs of the `defined` kinds are delivered.

        A kind whose scope is not known may be of either.
        """
        for each in identities:
            kind = each.group, each.kind
            if each.namespace and kind not in defined and not is_scope_known(*kind):
                self.cluster_kinds.add(kind)
            kinds = self.namespaced_kinds if each.namespace else self.cluster_kinds
            kinds |= {(each.group, each.kind), *_CREATED.get((each.group, each.kind), ())}
            if each.namespace:
                self.namespaces.add(each.namespace)

    def retire(self, kinds: Iterable[tuple[str, str]], namespaces: Iterable[str]) -> None:
        """Add kinds and namespaces of objects that are no longer used, and yet to be deleted."""
        for kind in kinds:
            (self.cluster_kinds if is_cluster_scoped(*kind) else self.namespaced_kinds).add(kind)
        self.namespaces |= set(namespaces)

    def manifest(self, argo: ArgoCd, server: str, description: str) -> Manifest:
        """Return the AppProject."""
        namespaces = [_ANY] if self.is_open else sorted(self.namespaces)
        spec: Manifest = {
            "description": description,
            "sourceRepos": sorted(self.repositories),
            "destinations": [{"server": server, "namespace": each} for each in namespaces],
            **self._kinds(),
        }
        if argo.roles:
            spec["roles"] = [_role(self.name, each) for each in argo.roles]
        layer = self.name.removeprefix(argo.prefix)
        windows = [each for each in argo.sync_windows if layer in (each.layers or [layer])]
        if windows and not self.is_root:
            spec["syncWindows"] = [_window(each) for each in windows]
        if argo.warns_of_orphans and not self.is_root:
            spec["orphanedResources"] = {"warn": True}
        made = argo_object(argo.namespace, "AppProject", self.name, _WAVE, spec)
        # A project stays until its Applications have deleted their objects, which they need it for.
        made["metadata"]["finalizers"] = [FINALIZER]
        return made

    def _kinds(self) -> Manifest:
        """Return the lists of kinds."""
        if self.is_open:
            return {"clusterResourceWhitelist": [_ALL], "namespaceResourceWhitelist": [_ALL]}
        return {
            **_list("clusterResource", self.cluster_kinds),
            **_list("namespaceResource", self.namespaced_kinds),
        }


def _role(project: str, role: ProjectRole) -> Manifest:
    subject = f"proj:{project}:{role.name}"
    policies = [
        f"p, {subject}, applications, {action}, {project}/*, allow" for action in role.actions
    ]
    found: Manifest = {"name": role.name, "policies": policies}
    return {**found, "groups": list(role.groups)} if role.groups else found


def _window(window: SyncWindow) -> Manifest:
    zone = {"timeZone": window.time_zone} if window.time_zone else {}
    return {
        "kind": window.kind,
        "schedule": str(window.schedule),
        **zone,
        "duration": str(window.duration),
        "applications": list(window.applications),
        "manualSync": window.manual_sync,
    }


def _list(scope: str, kinds: set[tuple[str, str]]) -> Manifest:
    """Return the whitelist of a scope; an empty one could allow everything, so all is refused."""
    if not kinds:
        return {f"{scope}Blacklist": [_ALL]}
    return {f"{scope}Whitelist": [{"group": group, "kind": kind} for group, kind in sorted(kinds)]}


def root_use(name: str, argo: ArgoCd) -> ProjectUse:
    """Return the project of the root: Argo CD's own objects, from the output."""
    made = ProjectUse(name, {argo.repository.url}, {argo.namespace}, is_root=True)
    made.namespaced_kinds |= {
        (ARGO, "AppProject"),
        (ARGO, "Application"),
        (ARGO, "ApplicationSet"),
        ("", "Secret"),
    }
    return made
