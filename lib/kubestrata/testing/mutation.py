"""Single random problems in rendered objects, as people make them: a name, a type, a selector."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, TypeAlias

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest, is_mapping, is_sequence, mapping, sequence
from kubestrata.rules.subject import Subject
from kubestrata.rules.workload.pod import containers, pod_template

_FLUX = "kustomize.toolkit.fluxcd.io"
_FREE = ("annotations", "labels", "data", "values", "valuesObject", "matchLabels")
Step: TypeAlias = str | int


class Mutation(Frozen):
    """One problem: its sort, the object, and the change; no manifest removes the object."""

    sort: str
    object: Identity
    what: str
    manifest: Manifest | None


def _places(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Yield every location in a body that a schema describes."""
    if is_mapping(value):
        for key, each in value.items():
            yield (*path, key), each
            if key not in _FREE:
                yield from _places(each, (*path, key))
    elif is_sequence(value):
        for index, each in enumerate(value):
            yield from _places(each, (*path, index))


def _set(manifest: Manifest, path: Sequence[Step], change: Callable[[Any, Step], None]) -> Manifest:
    fresh = copy.deepcopy(manifest)
    holder: Any = fresh
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return fresh


def _shown(path: Sequence[Step]) -> str:
    return ".".join(map(str, path))


def _body(subject: Subject) -> list[tuple[tuple[Step, ...], Any]]:
    kept = {
        key: each for key, each in subject.manifest.items() if key not in ("apiVersion", "kind")
    }
    return [(path, each) for path, each in _places(kept) if path[0] != "metadata"]


def _misspelt(subject: Subject, random: Random) -> Mutation | None:
    found = [path for path, _ in _body(subject) if isinstance(path[-1], str) and len(path) > 1]
    if not found:
        return None
    path = random.choice(found)

    def change(holder: Any, key: Step) -> None:
        holder[f"{key}x"] = holder.pop(key)

    fresh = _set(subject.manifest, path, change)
    return Mutation("misspelt field", subject.identity, _shown(path), fresh)


def _wrong_type(subject: Subject, random: Random) -> Mutation | None:
    found = [(path, each) for path, each in _body(subject) if isinstance(path[-1], str)]
    if not found:
        return None
    path, value = random.choice(found)
    wrong: Any = {"a": ["b"]} if isinstance(value, str | int | float | bool) else "wrong"

    def change(holder: Any, key: Step) -> None:
        holder[key] = wrong

    return Mutation(
        "wrong type", subject.identity, _shown(path), _set(subject.manifest, path, change)
    )


def _is_reference(path: Sequence[Step]) -> bool:
    holder = str(next((step for step in reversed(path[:-1]) if isinstance(step, str)), ""))
    named = holder.endswith(("Ref", "Refs", "ref")) or holder == "dependsOn"
    return path[-1] == "name" and named


def _renamed(subject: Subject, random: Random) -> Mutation | None:
    found = [path for path, each in _body(subject) if _is_reference(path) and isinstance(each, str)]
    if not found:
        return None
    path = random.choice(found)

    def change(holder: Any, key: Step) -> None:
        holder[key] = f"{holder[key]}-x"

    fresh = _set(subject.manifest, path, change)
    return Mutation("renamed reference", subject.identity, _shown(path), fresh)


def _edge(subject: Subject, random: Random) -> Mutation | None:
    needed = sequence(subject.spec.get("dependsOn"))
    if subject.identity.group != _FLUX or not needed:
        return None
    index = random.randrange(len(needed))

    def change(holder: Any, key: Step) -> None:
        holder[key] = [each for number, each in enumerate(holder[key]) if number != index]

    fresh = _set(subject.manifest, ("spec", "dependsOn"), change)
    return Mutation("removed edge", subject.identity, str(needed[index]), fresh)


def _label(subject: Subject, random: Random) -> Mutation | None:
    keys = [key for key in subject.labels if key.startswith("pod-security.")]
    if subject.identity.kind != "Namespace" or not keys:
        return None
    key = random.choice(keys)
    fresh = _set(
        subject.manifest, ("metadata", "labels", key), lambda holder, name: holder.pop(name)
    )
    return Mutation("removed label", subject.identity, key, fresh)


def _placeholder(subject: Subject, random: Random) -> Mutation | None:
    found = [path for path, each in _body(subject) if isinstance(each, str)]
    if not found:
        return None
    path = random.choice(found)

    def change(holder: Any, key: Step) -> None:
        holder[key] = "${NOWHERE}"

    fresh = _set(subject.manifest, path, change)
    return Mutation("unescaped placeholder", subject.identity, _shown(path), fresh)


def _password(subject: Subject, random: Random) -> Mutation | None:
    del random
    if subject.identity.kind not in ("ConfigMap", "HelmRelease"):
        return None
    field = "data" if subject.identity.kind == "ConfigMap" else "spec"
    fresh = copy.deepcopy(subject.manifest)
    home = mapping(fresh.setdefault(field, {}))
    home = home if field == "data" else mapping(home.setdefault("values", {}))
    home["adminPassword"] = "hunter2-Xk39fPq"
    return Mutation("plain password", subject.identity, field, fresh)


def _image(subject: Subject, random: Random) -> Mutation | None:
    found = list(containers(subject)) if pod_template(subject)[1] else []
    if not found:
        return None
    _, container = random.choice(found)
    bare = str(container.get("image", "")).partition("@")[0].rpartition(":")[0]
    fresh = copy.deepcopy(subject.manifest)
    for _, each in containers(replace(subject, manifest=fresh)):
        if each.get("name") == container.get("name"):
            each["image"] = bare  # type: ignore[index]
    return Mutation("image without a tag", subject.identity, bare, fresh)


def _selector(subject: Subject, random: Random) -> Mutation | None:
    del random
    selector = mapping(subject.spec.get("selector"))
    labels = mapping(selector.get("matchLabels")) or (
        selector if subject.identity.kind == "Service" else {}
    )
    if not labels:
        return None
    fresh = copy.deepcopy(subject.manifest)
    inner = mapping(mapping(fresh["spec"])["selector"])
    inner = mapping(inner.get("matchLabels")) or inner
    key = min(inner)
    inner[key] = f"{inner[key]}s"
    return Mutation("selector off by one", subject.identity, key, fresh)


def _dropped(subject: Subject, random: Random) -> Mutation | None:
    del random
    return Mutation("dropped object", subject.identity, "", None)


def _changed(subject: Subject, random: Random) -> Mutation | None:
    """Change a number, a flag or a text to another valid one."""
    found = [(path, each) for path, each in _body(subject) if isinstance(each, str | int)]
    if not found:
        return None
    path, value = random.choice(found)

    def change(holder: Any, key: Step) -> None:
        holder[key] = not value if isinstance(value, bool) else _other(value)

    fresh = _set(subject.manifest, path, change)
    return Mutation("changed value", subject.identity, _shown(path), fresh)


def _other(value: str | int) -> str | int:
    return value + 1 if isinstance(value, int) else f"{value}x"


Sort: TypeAlias = Callable[[Subject, Random], Mutation | None]

STRUCTURAL: Sequence[Sort] = (
    _dropped,
    _renamed,
    _misspelt,
    _wrong_type,
    _edge,
    _label,
    _placeholder,
    _password,
    _image,
    _selector,
)
"""Mistakes that rules should find without knowing what the objects are for."""

SORTS: Sequence[Sort] = (*STRUCTURAL, _changed)


def mutations(
    subjects: Sequence[Subject], random: Random, count: int, sorts: Sequence[Sort] = SORTS
) -> list[Mutation]:
    """Return `count` mutations, the sorts in turn, each of a random object.

    Sorts that no object allows are left out.
    """
    open_ones = [each for each in subjects if not each.encrypted]
    usable = [sort for sort in sorts if any(sort(each, Random(0)) for each in open_ones)]  # noqa: S311
    found: list[Mutation] = []
    while usable and len(found) < count:
        sort = usable[len(found) % len(usable)]
        for subject in random.sample(open_ones, len(open_ones)):
            made = sort(subject, random)
            if made is not None:
                found.append(made)
                break
    return found
