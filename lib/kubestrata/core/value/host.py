"""Host names."""

from __future__ import annotations

import re
from typing import ClassVar

from kubestrata.core.value.placeholder import MARK, has_mark
from kubestrata.core.value.text import Text

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"


class Host(Text):
    """A DNS name, with or without a leading `*.` (source: Gateway API's Hostname)."""

    __slots__ = ()
    PATTERN: ClassVar[str] = rf"([*]\.)?{_LABEL}(\.{_LABEL})*"

    @classmethod
    def _checked(cls, value: str) -> str:
        plain = MARK.sub("x.x", value) if has_mark(value) else value
        labels = plain.removeprefix("*.").split(".")
        longest = max(labels, key=len)
        for what, text, most in (("", plain, 253), (f"label {longest!r} ", longest, 63)):
            if len(text) > most:
                why = f"{what}has {len(text)} characters; at most {most} are allowed"
                raise cls._refuse(value, why, f"shorten it by {len(text) - most}")
        if not all(re.fullmatch(_LABEL, label) for label in labels):
            fix = "write lower-case labels joined by dots, no scheme, no port: 'app.example.com'"
            raise cls._refuse(value, "is not a host name", fix)
        return value

    def sub(self, label: str) -> Host:
        """Return the host `label` below this one: `Host("example.com").sub("app")`."""
        return Host(f"{label}.{str.__str__(self)}")

    @property
    def wildcard(self) -> Host:
        """Return the wildcard host `*.` of this one."""
        return Host(f"*.{str.__str__(self)}")
