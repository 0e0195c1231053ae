"""Subjects of role bindings: groups, users and ServiceAccounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kubeapis import k8s
from kubestrata.constructs.access.service_account import ServiceAccount
from kubestrata.core.argument import require
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference

RBAC = "rbac.authorization.k8s.io"
_ACCOUNT = "system:serviceaccount:"


class RoleSubject(Frozen):
    """A group, a user or a ServiceAccount; use one of the factories below."""

    kind: Literal["Group", "ServiceAccount", "User"]
    name: str
    namespace: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidValue(f"{self.kind} of a role binding", "has no name", "name it")

    @classmethod
    def group(cls, name: str) -> RoleSubject:
        """Return a group, as the authenticator of the API server names it."""
        return cls("Group", name)

    @classmethod
    def user(cls, name: str) -> RoleSubject:
        """Return a user, as the authenticator of the API server names it."""
        if name.startswith(_ACCOUNT):
            fix = "use RoleSubject.account"
            raise InvalidValue(f"user {name!r}", "is a ServiceAccount", fix)
        return cls("User", name)

    @classmethod
    def account(cls, account: ServiceAccount | Reference) -> RoleSubject:
        """Return a ServiceAccount; a binding with it waits for the account's component."""
        ref = account.ref if isinstance(account, ServiceAccount) else account
        require("account of a role binding", ref, Reference, fix="pass a ServiceAccount")
        if (ref.group, ref.kind) != ("", "ServiceAccount"):
            fix = "pass a ServiceAccount, or release.makes('', 'ServiceAccount', name)"
            raise InvalidReference(str(ref), "is not a ServiceAccount", fix)
        return cls("ServiceAccount", ref.name, ref.namespace)

    @classmethod
    def accounts_of(cls, namespace: Reference) -> RoleSubject:
        """Return the group of every ServiceAccount of a namespace."""
        return cls("Group", namespace.text("system:serviceaccounts:{name}"))

    @property
    def field(self) -> k8s.Subject:
        """Return the entry of `subjects`."""
        if self.kind == "ServiceAccount":
            return k8s.Subject(kind=self.kind, name=self.name, namespace=self.namespace)
        return k8s.Subject(api_group=RBAC, kind=self.kind, name=self.name)


def subject_fields(what: str, subjects: Sequence[RoleSubject]) -> list[k8s.Subject]:
    """Return `subjects` of a binding; raises InvalidValue for none or one that occurs twice."""
    if not subjects:
        raise InvalidValue(what, "has no subject", "name one: RoleSubject.group('operators')")
    for index, each in enumerate(subjects):
        require(f"subject of {what}", each, RoleSubject, fix="write RoleSubject.group(...)")
        if each in subjects[:index]:
            raise InvalidValue(what, f"has {each.kind} {str(each.name)!r} twice", "remove one")
    return [each.field for each in subjects]
