"""Images as objects and values of charts name them: a text, or an object with its parts."""

from __future__ import annotations

import re
from typing import NamedTuple

from kubestrata.core.json_value import is_mapping
from kubestrata.rules.contract.requirement import plain_name

_IMAGE = re.compile(
    r"(?:(?:docker|oci)://)?"
    r"(?P<repository>(?:[\w.${}-]+(?::\d+)?/)?[\w.${}-]+(?:/[\w.${}-]+)*)"
    r"(?::(?P<tag>[\w.${}:/-]+?))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class ImageName(NamedTuple):
    """A repository, and a tag or digest, '' if there is none."""

    repository: str
    reference: str


def image_name(value: object) -> ImageName | None:
    """Return the image that a text or an object names, None if it is none."""
    text = _joined(value) if is_mapping(value) else plain_name(value)
    match = _IMAGE.fullmatch(text)
    if match is None or "//" in match["repository"] or match["repository"].startswith("${"):
        return None
    repository = match["repository"]
    tag, digest = match["tag"] or "", match["digest"] or ""
    if "/" in tag:
        return None
    return ImageName(repository, tag or digest)


def _joined(value: dict[str, object]) -> str:
    """Return the text of `registry`, `repository`, `tag` and `digest`."""
    repository = plain_name(value.get("repository"))
    registry = plain_name(value.get("registry"))
    if not repository:
        return ""
    tag, digest = plain_name(value.get("tag")), plain_name(value.get("digest"))
    text = f"{registry}/{repository}" if registry else repository
    text += f":{tag}" if tag else ""
    return f"{text}@{digest}" if digest and "@" not in text else text
