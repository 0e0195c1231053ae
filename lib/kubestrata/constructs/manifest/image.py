"""Images of the containers of plain objects, replaced by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestrata.constructs.manifest.manifest_file import FileObject
from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.core.origin import Origin
from kubestrata.core.value.image import Image

_LISTS = ("containers", "ephemeralContainers", "initContainers")
_NAME = re.compile(r"(?P<name>[^@]+?)(?::[^:/@]*)?(?:@.*)?")


def replace_images(
    found: Iterable[FileObject], images: Mapping[str, Image], origin: Origin
) -> None:
    """Replace the images of containers in place; raises InvalidValue for a name that none has."""
    used: set[str] = set()
    for container in _containers([each.manifest for each in found] if images else []):
        name = _name(container["image"])
        used.add(name)
        if name in images:
            container["image"] = str.__str__(images[name])
    for name in images:
        if name not in used:
            from kubestrata.core.alike import alike  # noqa: PLC0415  # errors only

            near = alike(name, used) or sorted(used)
            fix = f"write {' or '.join(map(repr, near))}" if near else "remove it"
            why = f"is the image of no container of {origin.path}"
            if _name(name) != name:
                fix = f"write the name without tag and digest: {_name(name)!r}"
            raise InvalidValue(f"image {name!r}", why, fix, where=origin)


def _name(image: str) -> str:
    match = _NAME.fullmatch(image)
    return match["name"] if match else image


def _containers(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the containers at any depth: of pods, of templates, of custom kinds."""
    if is_list(value):
        for each in value:
            yield from _containers(each)
    elif is_mapping(value):
        for key, part in value.items():
            if key in _LISTS and is_list(part):
                yield from (
                    each for each in part if is_mapping(each) and isinstance(each.get("image"), str)
                )
            yield from _containers(part)
