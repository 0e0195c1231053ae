"""R30: users in the values of releases are roles of the database that their host names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping
from kubestrata.rules.api_group import HELM
from kubestrata.rules.field import known, mapping_at, value_at, values
from kubestrata.rules.near import near
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject, target_namespace
from kubestrata.rules.violation import Finding

_CNPG = "postgresql.cnpg.io"
_USERS = ("username", "user")
_SERVICES = ("-rw", "-ro", "-r")
# Every instance has both.
_OWN = frozenset({"postgres", "streaming_replica"})


def _check(tree: ClusterTree) -> Iterator[Finding]:
    databases = tree.once(_databases)
    if not databases:
        return
    for release in tree.of_kind(HELM, "HelmRelease"):
        namespace = target_namespace(release)
        for path, value in _logins(mapping_at(release.manifest, "spec.values"), "spec.values"):
            cluster = databases.get(_service(str(value["host"]), namespace))
            key = next(each for each in _USERS if each in value)
            user = str(value[key])
            roles = None if cluster is None else _roles(tree, cluster)
            if cluster is None or roles is None or user in roles or not known(user):
                continue
            said = f"{user} is not a role of {cluster.identity}; it has {', '.join(sorted(roles))}"
            yield release.finding(f"{path}.{key}", said, near(user, roles))


def _logins(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects with a host and a user, at any depth."""
    if value.get("host") and any(isinstance(value.get(each), str) for each in _USERS):
        yield path, value
    for key, inner in value.items():
        if is_mapping(inner):
            yield from _logins(inner, f"{path}.{key}")


def _service(host: str, namespace: str) -> tuple[str, str]:
    """Return the namespace and the name of the Service that a host names."""
    name, _, rest = host.partition(".")
    return rest.split(".")[0] or namespace, name


def _databases(tree: ClusterTree) -> Mapping[tuple[str, str], Subject]:
    """Return the Clusters by the namespace and the name of each Service that leads to them."""
    found: dict[tuple[str, str], Subject] = {}
    for each in tree.of_kind(_CNPG, "Cluster"):
        for suffix in _SERVICES:
            found[each.namespace, f"{each.identity.name}{suffix}"] = each
    for pooler in tree.of_kind(_CNPG, "Pooler"):
        name = str(value_at(pooler.manifest, "spec.cluster.name"))
        cluster = tree.get(_CNPG, "Cluster", pooler.namespace, name)
        if cluster is not None:
            found[pooler.namespace, pooler.identity.name] = cluster
    return found


def _roles(tree: ClusterTree, cluster: Subject) -> frozenset[str] | None:
    """Return the roles of a Cluster, None if a backup or another server may have more."""
    initial = mapping_at(cluster.manifest, "spec.bootstrap.initdb")
    bootstrap = mapping_at(cluster.manifest, "spec.bootstrap")
    if bootstrap.keys() - {"initdb"} or initial.keys() & {"import", "postInitSQL"}:
        return None
    managed = [mapping(each) for _, each in values(cluster.manifest, "spec.managed.roles[]")]
    found = {str(each.get("name")) for each in managed if each.get("ensure") != "absent"}
    for role in tree.of_kind(_CNPG, "DatabaseRole"):
        found.add(str(role.spec.get("name")))
    owner = initial.get("owner") or initial.get("database") or "app"
    return frozenset({*found, str(owner)}) | _OWN


RULES = (
    Rule(
        "R30",
        "a user in the values of a release is a role of the database at its host",
        "the application cannot log in",
        _check,
    ),
)
