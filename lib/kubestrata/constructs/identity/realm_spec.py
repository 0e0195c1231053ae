"""Settings of a realm of Keycloak: login, lockout, lifetimes, roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration

_Seconds = Annotated[int, Meta(ge=1)]


class RealmLogin(Declaration, kw_only=True):
    """The pages for people: what they can do themselves, and how they are identified."""

    registration: bool = False
    verify_email: bool = True
    with_email: bool = True
    reset_password: bool = True
    remember_me: bool = False


class RealmLockout(Declaration, kw_only=True):
    """Protection against guessed passwords: after `failures` an account waits.

    Each further failure adds `wait_seconds`, up to `longest_wait_seconds`; failures are forgotten
    after `reset_seconds`.
    """

    failures: Annotated[int, Meta(ge=1)] = 5
    wait_seconds: _Seconds = 60
    longest_wait_seconds: _Seconds = 900
    reset_seconds: _Seconds = 43200

    def __post_init__(self) -> None:
        """Reject a first wait that is longer than the longest one."""
        super().__post_init__()
        if self.wait_seconds > self.longest_wait_seconds:
            why = f"is {self.wait_seconds}, more than longest_wait_seconds"
            raise self.refuse("wait_seconds", why)


class RealmLifetimes(Declaration, kw_only=True):
    """The time for which sessions, tokens and codes are valid.

    A session ends after `session_idle_seconds` without use, and `session_seconds` after login.
    The codes are those of the login, of the whole login and of an action such as a new password.
    """

    session_idle_seconds: _Seconds = 1800
    session_seconds: _Seconds = 36000
    access_token_seconds: _Seconds = 300
    implicit_token_seconds: _Seconds = 900
    code_seconds: _Seconds = 60
    code_login_seconds: _Seconds = 1800
    code_action_seconds: _Seconds = 300

    def __post_init__(self) -> None:
        """Reject a session that would end before it is idle, or before its token."""
        super().__post_init__()
        if self.session_idle_seconds > self.session_seconds:
            raise self.refuse("session_idle_seconds", "is more than session_seconds")
        if self.access_token_seconds > self.session_idle_seconds:
            why = "is more than session_idle_seconds: the token outlives its session"
            raise self.refuse("access_token_seconds", why)


class RealmSpec(Declaration, kw_only=True):
    """A realm; `roles` are names of realm roles beside those that Keycloak creates."""

    display_name: str | None = None
    ssl_required: Literal["all", "external", "none"] = "external"
    login: RealmLogin = RealmLogin()
    lockout: RealmLockout | None = RealmLockout()
    lifetimes: RealmLifetimes = RealmLifetimes()
    roles: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Reject a role that is named twice."""
        super().__post_init__()
        for name in self.roles:
            if self.roles.count(name) > 1:
                raise self.refuse("roles", f"name {name!r} twice", "remove one")
