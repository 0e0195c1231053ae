"""Hooks of a container: after its start, and before its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kubestrata.core.declaration import Declaration


class Hook(Declaration, kw_only=True):
    """An action of the kubelet; use one of the factories below."""

    command: Sequence[str] = ()
    path: str | None = None
    port: str | None = None
    sleep_seconds: Annotated[int, Meta(ge=1)] | None = None

    @classmethod
    def exec(cls, *command: str) -> Hook:
        """Return a command in the container."""
        return cls(command=command)

    @classmethod
    def http(cls, path: str, *, port: str | None = None) -> Hook:
        """Return an HTTP request to a port of the container, the first one unless given."""
        return cls(path=path, port=port)

    @classmethod
    def sleep(cls, seconds: int) -> Hook:
        """Return a pause, such as for load balancers to stop sending requests (1.30 or later)."""
        return cls(sleep_seconds=seconds)

    def __post_init__(self) -> None:
        """Reject a hook of no action or several."""
        super().__post_init__()
        found = (bool(self.command), self.path is not None, self.sleep_seconds is not None)
        if sum(found) != 1:
            fix = "use Hook.exec(...), Hook.http(...) or Hook.sleep(...)"
            raise self.refuse("command", "is not the only action", fix)
        if self.port is not None and self.path is None:
            raise self.refuse("port", "has no effect in this hook", "remove it")


class Lifecycle(Declaration, kw_only=True):
    """Hooks after the start and before the end of a container.

    A container is not running until `post_start` ends; the time of `pre_stop` counts towards the
    grace period.
    """

    post_start: Hook | None = None
    pre_stop: Hook | None = None

    def __post_init__(self) -> None:
        """Reject a declaration without a hook."""
        super().__post_init__()
        if self.post_start is None and self.pre_stop is None:
            raise self.refuse("pre_stop", "and post_start are not set", "leave out lifecycle")
