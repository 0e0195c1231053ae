"""Exceptions from the hardening of pods, each with a reason, an owner and an expiry date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from kubestrata.core.declaration import Declaration

_NotEmpty = Annotated[str, Meta(min_length=1)]
_CAPABILITY = re.compile(r"(ALL|[A-Z][A-Z0-9_]*)\Z")


class Justification(Declaration, kw_only=True):
    """A reason for an exception, its owner, and the date (`2027-03-31`) until which it holds.

    `check` reports the violation as waived with this reason, and as a violation after the date.
    """

    reason: _NotEmpty
    owner: _NotEmpty
    expires: str

    def __post_init__(self) -> None:
        """Reject an empty text and an invalid date."""
        super().__post_init__()
        for field, text in (("reason", self.reason), ("owner", self.owner)):
            if not text.strip():
                raise self.refuse(field, "is empty", f"set {field}=")
        try:
            date.fromisoformat(self.expires)
        except ValueError:
            fix = "use YYYY-MM-DD, such as 2027-03-31"
            raise self.refuse("expires", f"{self.expires!r} is not a valid date", fix) from None


ContainerFreedom = Literal[
    "capabilities", "privilege-escalation", "privileged", "root", "unconfined", "writable-root"
]
PodFreedom = Literal["host-ipc", "host-network", "host-pid", "sysctls"]

# Rules of the policy that an exception violates, by the exception.
_RULES: dict[str, tuple[str, ...]] = {
    "capabilities": ("P07",),
    "host-ipc": ("P13",),
    "host-network": ("P11",),
    "host-pid": ("P12",),
    "privilege-escalation": ("P04",),
    "privileged": ("P04", "P05", "P06"),
    "root": ("P01", "P02"),
    "sysctls": ("P10",),
    "unconfined": ("P08",),
    "writable-root": ("P03",),
}


class ContainerException(Declaration, kw_only=True):
    """A part of the hardening that one container does without; use one of the factories below."""

    freedom: ContainerFreedom
    why: Justification
    names: Sequence[str] = ()

    @classmethod
    def privileged(cls, why: Justification) -> ContainerException:
        """Return access to the devices and the kernel of the node (P05)."""
        return cls(freedom="privileged", why=why)

    @classmethod
    def capabilities(cls, *names: str, why: Justification) -> ContainerException:
        """Return added capabilities: `NET_ADMIN` (P07)."""
        return cls(freedom="capabilities", why=why, names=names)

    @classmethod
    def privilege_escalation(cls, why: Justification) -> ContainerException:
        """Return permission for setuid programs (P04)."""
        return cls(freedom="privilege-escalation", why=why)

    @classmethod
    def root_user(cls, why: Justification) -> ContainerException:
        """Return user and group 0 (P01)."""
        return cls(freedom="root", why=why)

    @classmethod
    def writable_root(cls, why: Justification) -> ContainerException:
        """Return a writable root file system (P03)."""
        return cls(freedom="writable-root", why=why)

    @classmethod
    def unconfined_seccomp(cls, why: Justification) -> ContainerException:
        """Return every system call of the kernel (P08)."""
        return cls(freedom="unconfined", why=why)

    def __post_init__(self) -> None:
        """Reject capabilities without a name or with a wrong one."""
        super().__post_init__()
        if bool(self.names) != (self.freedom == "capabilities"):
            raise self.refuse("names", "are those of capabilities", "name them: 'NET_ADMIN'")
        for name in self.names:
            if not _CAPABILITY.match(name) or name.startswith("CAP_"):
                why = f"{name!r} is not a valid capability: must be upper case, without CAP_"
                fix = f"write {name.upper().removeprefix('CAP_')!r}"
                raise self.refuse("names", why, fix)

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules that the exception violates."""
        return _RULES[self.freedom]


class PodException(Declaration, kw_only=True):
    """A part of the isolation that a pod does without; use one of the factories below."""

    freedom: PodFreedom
    why: Justification
    sysctls: Annotated[Mapping[str, str], Meta(max_length=64)] = {}

    @classmethod
    def host_network(cls, why: Justification) -> PodException:
        """Return the network of the node (P11).

        Network policies do not apply to such pods, and see their traffic as that of nodes.
        """
        return cls(freedom="host-network", why=why)

    @classmethod
    def host_pid(cls, why: Justification) -> PodException:
        """Return the processes of the node (P12)."""
        return cls(freedom="host-pid", why=why)

    @classmethod
    def host_ipc(cls, why: Justification) -> PodException:
        """Return the shared memory of the node (P13)."""
        return cls(freedom="host-ipc", why=why)

    @classmethod
    def unsafe_sysctls(cls, values: Mapping[str, str], *, why: Justification) -> PodException:
        """Return kernel parameters that kubelets reject unless they are allowed there (P10)."""
        return cls(freedom="sysctls", why=why, sysctls=values)

    def __post_init__(self) -> None:
        """Reject parameters of another exception."""
        super().__post_init__()
        if bool(self.sysctls) != (self.freedom == "sysctls"):
            raise self.refuse("sysctls", "are those of unsafe_sysctls", "name one")

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules that the exception violates."""
        return _RULES[self.freedom]
