"""Container images."""

from __future__ import annotations

import re
from typing import ClassVar

from kubestrata.core.value.text import Text


class Image(Text):
    """A pinned image: `registry/name:tag`, with a digest or without (source: OCI reference).

    An image without tag and digest, or with the tag `latest`, is invalid, because it could change
    without a commit.
    """

    __slots__ = ()
    PATTERN: ClassVar[str] = (
        "(([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)"
        "(:([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(sha256:[0-9a-f]{64}))?"
    )

    @classmethod
    def _checked(cls, value: str) -> str:
        match = re.fullmatch(cls.PATTERN, value)
        if match is None:
            fix = (
                "write registry, name and tag, in lower case and without scheme: 'ghcr.io/a/b:1.0'"
            )
            raise cls._refuse(value, "is not an image reference", fix)
        tag, digest = match[8], match[10]
        if digest is None and tag in (None, "latest"):
            raise cls._refuse(value, "is not pinned", "name a tag other than 'latest', or a digest")
        return value

    @property
    def repository(self) -> str:
        """The name without tag and digest."""
        name = self.partition("@")[0]
        head, colon, tag = name.rpartition(":")
        return head if colon and "/" not in tag else name

    @property
    def tag(self) -> str | None:
        """The tag; None if there is only a digest."""
        rest = self.partition("@")[0].removeprefix(self.repository)
        return rest[1:] or None

    @property
    def digest(self) -> str | None:
        """The digest with its algorithm, `sha256:...`; None without."""
        return self.partition("@")[2] or None
