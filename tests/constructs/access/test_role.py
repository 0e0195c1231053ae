"""Roles, their bindings and ServiceAccounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Namespace, Reference
from kubestrata.constructs import HelmRelease, SecretReference
from kubestrata.constructs.access import (
    ClusterRole,
    ClusterRoleBinding,
    Permission,
    Role,
    RoleBinding,
    RoleSubject,
    ServiceAccount,
)
from kubestrata.core.errors import InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.small_platform import chart, config_map, new_cluster, new_component, order

PODS = Permission.read("pods", "pods/log", group="")
TEAM = RoleSubject.group("team")


def shop() -> Component:
    return new_component(new_cluster(), "shop")


def test_roles_minimal(manifests: SnapshotAssertion) -> None:
    component = shop()
    account = ServiceAccount(component, "runner")
    Role(component, "pods", permissions=[PODS])
    Role(component, "own", permissions=[PODS], subjects=[RoleSubject.account(account)])
    ClusterRole(component, "pods", permissions=[PODS])
    ClusterRole(component, "all", permissions=[PODS], subjects=[TEAM])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_roles_full(manifests: SnapshotAssertion) -> None:
    component = shop()
    other = component.declare(Namespace("other", pod_security="restricted"))
    pull = SecretReference(Reference(component, "", "Secret", "pull", "shop"))
    ServiceAccount(
        component,
        "runner",
        token=True,
        pull_secrets=[pull],
        labels={"team": "shop"},
        annotations={"example.com/role": "runner"},
    )
    account = RoleSubject.account(ServiceAccount(component, "reader", namespace=other))
    everyone = RoleSubject.accounts_of(other)
    one = Permission.of(["get", "update"], "secrets", group="", names=["token"])
    role = Role(component, "token", permissions=[one], subjects=[account], namespace=other)
    RoleBinding(component, "again", role=role.ref, subjects=[everyone], namespace=other)
    wide = ClusterRole(
        component,
        "widgets",
        permissions=[
            Permission.write("widgets", "widgets/status", group="example.com"),
            Permission.on_urls("/metrics", "/logs/*"),
        ],
        aggregate_to=["view", "edit"],
        labels={"team": "shop"},
    )
    ClusterRoleBinding(component, "people", role=wide.ref, subjects=[RoleSubject.user("jane")])
    RoleBinding(component, "viewers", role="view", subjects=[TEAM])
    assert rendered(component) == manifests
    assert faults(component) == []


def test_an_account_has_no_token_by_default() -> None:
    component = shop()
    ServiceAccount(component, "runner")
    (found,) = objects(component, "ServiceAccount")
    assert found["automountServiceAccountToken"] is False


def test_a_binding_waits_for_the_component_of_its_account() -> None:
    cluster = new_cluster()
    component, other = new_component(cluster, "shop"), new_component(cluster, "other")
    config_map(component)
    release = HelmRelease(other, "agent", chart=chart("agent"))
    account = RoleSubject.account(release.makes("", "ServiceAccount", "agent"))
    ClusterRole(component, "pods", permissions=[PODS], subjects=[account])
    assert order(cluster)["shop"] == ["other"]


def _role_of_another_namespace(component: Component) -> object:
    other = component.declare(Namespace("other", pod_security="restricted"))
    role = Role(component, "pods", permissions=[PODS], namespace=other)
    return RoleBinding(component, "team", role=role.ref, subjects=[TEAM])


def _any(value: object) -> Any:
    return value


_CORE = {"group": ""}


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (
            lambda _: Permission.of([], "pods", **_CORE),
            InvalidValue,
            "Permission on pods: has no verb",
        ),
        (
            lambda _: Permission.of(_any("get"), "pods", **_CORE),
            InvalidValue,
            r"verbs 'get' of a Permission: is text where a list is expected[\s\S]*write \['get'\]",
        ),
        (
            lambda _: Permission.of(["read"], "pods", **_CORE),
            InvalidValue,
            r"verb 'read' of [\s\S]*is not a verb of RBAC[\s\S]*write get, list, watch",
        ),
        (lambda _: Permission.read(**_CORE), InvalidValue, "has no resource and no URL"),
        (lambda _: Permission(("get",), ("pods",)), InvalidValue, "has no API group"),
        (
            lambda _: Permission.read("deployments", group="apps/v1"),
            InvalidValue,
            r"group 'apps/v1'[\s\S]*without its version[\s\S]*write group='apps'",
        ),
        (
            lambda _: Permission.read("pods", group="core"),
            InvalidValue,
            r"group 'core'[\s\S]*write group=''",
        ),
        (
            lambda _: Permission.read("deployments", **_CORE),
            InvalidValue,
            r"'deployments' of a Permission: is not in the core group[\s\S]*write group='apps'",
        ),
        (
            lambda _: Permission.read("Pod", **_CORE),
            InvalidValue,
            "'Pod' of a Permission: must be a lower-case plural",
        ),
        (
            lambda _: Permission.of(["create"], "secrets", group="", names=["token"]),
            InvalidValue,
            "limits 'create' by names",
        ),
        (lambda _: Permission.on_urls("metrics"), InvalidValue, r"must be a path[\s\S]*'/metrics'"),
        (lambda _: Permission.on_urls("/a*"), InvalidValue, "a '\\*' that is not its whole last"),
        (
            lambda _: Permission(("get",), ("pods",), "", urls=("/metrics",)),
            InvalidValue,
            "has both resources and URLs",
        ),
        (
            lambda it: Role(it, "metrics", permissions=[Permission.on_urls("/metrics")]),
            InvalidValue,
            r"Role 'metrics': grants URLs: /metrics; only a ClusterRole can",
        ),
        (
            lambda it: Role(it, "nothing", permissions=[]),
            InvalidValue,
            "Role 'nothing': has no permission",
        ),
        (
            lambda it: ClusterRole(it, "x", permissions=[PODS], aggregate_to=[_any("root")]),
            InvalidValue,
            "aggregate_to 'root' of ClusterRole 'x': is not one of admin, edit, view",
        ),
        (
            lambda it: ClusterRoleBinding(it, "x", role="view", subjects=[]),
            InvalidValue,
            "ClusterRoleBinding 'x': has no subject",
        ),
        (
            lambda it: ClusterRoleBinding(it, "x", role="view", subjects=[TEAM, TEAM]),
            InvalidValue,
            "has Group 'team' twice",
        ),
        (
            lambda it: ClusterRoleBinding(it, "x", role=_any("viewer"), subjects=[TEAM]),
            InvalidValue,
            "role 'viewer' of ClusterRoleBinding 'x': is not a built-in role",
        ),
        (
            lambda it: ClusterRoleBinding(
                it, "x", role=Role(it, "pods", permissions=[PODS]).ref, subjects=[TEAM]
            ),
            InvalidReference,
            "Role shop/pods: must be a ClusterRole to be bound",
        ),
        (
            _role_of_another_namespace,
            InvalidReference,
            "Role other/pods: is in namespace 'other', its RoleBinding in 'shop'",
        ),
        (
            lambda it: RoleSubject.account(config_map(it).ref),
            InvalidReference,
            "is not a ServiceAccount",
        ),
        (
            lambda _: RoleSubject.user("system:serviceaccount:shop:runner"),
            InvalidValue,
            r"is a ServiceAccount[\s\S]*use RoleSubject.account",
        ),
        (lambda _: RoleSubject.group(""), InvalidValue, "has no name"),
    ],
)
def test_an_invalid_argument_is_reported_with_its_line(
    act: Callable[[Component], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=rf"test_role\.py:\d+.*{message}"):
        act(shop())


VERBS = st.lists(st.sampled_from(["get", "list", "watch", "update", "create", "*"]), min_size=1)
PERMISSIONS = st.one_of(
    st.builds(
        lambda verbs, resources, group: Permission.of(verbs, *resources, group=group),
        VERBS,
        st.lists(st.sampled_from(["widgets", "widgets/status", "*"]), min_size=1),
        st.sampled_from(["apps", "example.com", "*"]),
    ),
    st.builds(lambda urls: Permission.on_urls(*urls), st.just(["/metrics", "/logs/*"])),
)


@given(permissions=st.lists(PERMISSIONS, min_size=1, max_size=3))
def test_the_api_server_accepts_every_accepted_permission(permissions: list[Permission]) -> None:
    component = shop()
    ClusterRole(component, "drawn", permissions=permissions, subjects=[TEAM])
    assert faults(component) == []
