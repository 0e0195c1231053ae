"""Permissions of roles: verbs on resources of one API group, or on URLs of the API server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "patch", "update")
_VERB = re.compile(r"\*|[a-z]+([A-Z][a-z]*)*\Z")
_RESOURCE = re.compile(r"\*(/[a-z]+)?|[a-z0-9][-a-z0-9.]*(/(\*|[a-z][-a-z0-9/]*))?\Z")
_GROUP = re.compile(r"\*|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?\Z")
# Words for which RBAC has other verbs.
_ORDINARY: Mapping[str, str] = {
    "add": "create",
    "edit": "patch, update",
    "execute": "create",
    "read": "get, list, watch",
    "remove": "delete",
    "view": "get, list, watch",
    "write": "create, delete, patch, update",
}
# The name of the object is unknown to the authorizer (source: Kubernetes, RBAC).
_NAMELESS = ("create", "deletecollection")
# Resources of the core group, and the virtual ones of impersonation (source: Kubernetes 1.35).
_CORE = frozenset(
    {"bindings", "componentstatuses", "configmaps", "endpoints", "events", "groups", "limitranges"}
    | {"namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates"}
    | {"replicationcontrollers", "resourcequotas", "secrets", "serviceaccounts", "services"}
    | {"uids", "userextras", "users", "*"}
)
_ELSEWHERE: Mapping[str, str] = {
    "clusterrolebindings": "rbac.authorization.k8s.io",
    "clusterroles": "rbac.authorization.k8s.io",
    "cronjobs": "batch",
    "customresourcedefinitions": "apiextensions.k8s.io",
    "daemonsets": "apps",
    "deployments": "apps",
    "endpointslices": "discovery.k8s.io",
    "horizontalpodautoscalers": "autoscaling",
    "ingressclasses": "networking.k8s.io",
    "ingresses": "networking.k8s.io",
    "jobs": "batch",
    "leases": "coordination.k8s.io",
    "networkpolicies": "networking.k8s.io",
    "poddisruptionbudgets": "policy",
    "priorityclasses": "scheduling.k8s.io",
    "replicasets": "apps",
    "rolebindings": "rbac.authorization.k8s.io",
    "roles": "rbac.authorization.k8s.io",
    "statefulsets": "apps",
    "storageclasses": "storage.k8s.io",
    "subjectaccessreviews": "authorization.k8s.io",
    "tokenreviews": "authentication.k8s.io",
}


class Permission(Frozen):
    """Verbs on resources of one API group, or on URLs; use one of the factories below.

    Resources are plurals with an optional subresource: `pods`, `pods/log`. The core group is "".
    `names` limit the permission to objects with these names.
    """

    verbs: tuple[str, ...]
    resources: tuple[str, ...] = ()
    group: str | None = None
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        what = f"Permission on {', '.join(self.resources or self.urls) or 'nothing'}"
        _check_verbs(what, self.verbs)
        if bool(self.resources) == bool(self.urls):
            why = "has both resources and URLs" if self.urls else "has no resource and no URL"
            raise InvalidValue(what, why, "use Permission.read, .write, .of or .on_urls")
        if self.urls:
            _check_urls(self)
        else:
            _check_resources(what, self)

    @classmethod
    def of(
        cls, verbs: Sequence[str], *resources: str, group: str, names: Sequence[str] = ()
    ) -> Permission:
        """Return `verbs` on resources of `group`."""
        return cls(_listed("verbs", verbs), resources, group, _listed("names", names))

    @classmethod
    def read(cls, *resources: str, group: str, names: Sequence[str] = ()) -> Permission:
        """Return `get`, `list` and `watch`."""
        return cls.of(READ, *resources, group=group, names=names)

    @classmethod
    def write(cls, *resources: str, group: str) -> Permission:
        """Return `get`, `list`, `watch`, `create`, `delete`, `patch` and `update`."""
        return cls.of([*READ, *WRITE], *resources, group=group)

    @classmethod
    def on_urls(cls, *urls: str, verbs: Sequence[str] = ("get",)) -> Permission:
        """Return verbs on URLs that are not resources, such as `/metrics`, for a ClusterRole."""
        return cls(_listed("verbs", verbs), urls=urls)

    @property
    def field(self) -> k8s.PolicyRule:
        """Return the entry of `rules`."""
        if self.urls:
            return k8s.PolicyRule(verbs=self.verbs, non_resource_urls=self.urls)
        return k8s.PolicyRule(
            api_groups=[self.group or ""],
            resources=self.resources,
            resource_names=self.names or None,
            verbs=self.verbs,
        )


def _listed(what: str, values: Sequence[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        why = "is text where a list is expected"
        raise InvalidValue(f"{what} {values!r} of a Permission", why, f"write [{values!r}]")
    return tuple(values)


def _check_verbs(what: str, verbs: Sequence[str]) -> None:
    if not verbs:
        raise InvalidValue(what, "has no verb", "name one: Permission.of(['get'], ...)")
    for verb in verbs:
        if verb in _ORDINARY or not _VERB.match(verb):
            fix = f"write {_ORDINARY.get(verb, ', '.join((*READ, *WRITE)))}"
            raise InvalidValue(f"verb {verb!r} of {what}", "is not a verb of RBAC", fix)


def _check_resources(what: str, permission: Permission) -> None:
    group = permission.group
    if group is None:
        raise InvalidValue(what, "has no API group", "pass group='' for the core group")
    if not _GROUP.match(group) or group in ("core", "v1"):
        plain = "" if group in ("core", "v1") else group.split("/")[0].lower()
        why = "must be the name of an API group without its version"
        raise InvalidValue(f"group {group!r} of {what}", why, f"write group={plain!r}")
    for resource in permission.resources:
        _check_resource(resource, group)
    nameless = [verb for verb in permission.verbs if verb in _NAMELESS]
    if permission.names and nameless:
        why = f"limits {nameless[0]!r} by names, which the API server cannot: it denies all"
        fix = f"write a second Permission for {nameless[0]!r}, without names"
        raise InvalidValue(what, why, fix)


def _check_resource(resource: str, group: str) -> None:
    what = f"resource {resource!r} of a Permission"
    if not _RESOURCE.match(resource):
        why = "must be a lower-case plural, with or without a subresource"
        raise InvalidValue(what, why, "write it as in 'kubectl api-resources': 'pods', 'pods/log'")
    plural = resource.split("/", maxsplit=1)[0]
    if group == "" and plural not in _CORE:
        home = _ELSEWHERE.get(plural)
        fix = f"write group={home!r}" if home else "pass the group of the resource"
        raise InvalidValue(what, "is not in the core group", fix)


def _check_urls(permission: Permission) -> None:
    for url in permission.urls:
        if not url.startswith("/") and url != "*":
            raise InvalidValue(f"URL {url!r}", "must be a path", f"write '/{url}'")
        if "*" in url[:-1] or (url.endswith("*") and url != "*" and not url.endswith("/*")):
            why = "has a '*' that is not its whole last step"
            raise InvalidValue(f"URL {url!r}", why, "write '/logs/*'")
    if permission.names or permission.group is not None:
        why = "has names or a group, which only resources have"
        raise InvalidValue(f"Permission on {', '.join(permission.urls)}", why, "leave them out")
