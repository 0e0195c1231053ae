"""Facts about a release that show when it is rendered again with one change.

They are kept with the result of the release, so that they are found once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import msgspec

from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.unknown_value import undeclared, without

Result: TypeAlias = Rendered | NotRendered
_NOTE = "facts-1"
_MOST = 20
"""Of more candidates of one release, the others are not examined."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """`ignored` are values without an effect, `looked_up` the objects that the chart reads.

    `required` are those of them without which Helm refuses the release; `images` are the pairs of
    images that differ between the Kubernetes of the cluster and the next one.
    """

    ignored: list[str] = field(default_factory=list[str])
    looked_up: list[str] = field(default_factory=list[str])
    required: list[str] = field(default_factory=list[str])
    images: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(frozen=True, slots=True)
class _Variation:
    number: int
    kind: Literal["value", "object", "kubernetes"]
    what: str
    release: Release


def release_facts(
    renderer: Renderer, done: Sequence[tuple[Release, Result | None]]
) -> list[ReleaseFacts]:
    """Return the facts of releases that were rendered; none of the others."""
    found = [_known(renderer, release, result) for release, result in done]
    new = [number for number, each in enumerate(found) if each is None]
    asked = [each for number in new for each in _variations(renderer, number, done[number][0])]
    results = renderer.render_all([each.release for each in asked])
    facts = {number: ReleaseFacts() for number in new}
    for variation, result in zip(asked, results, strict=True):
        base = done[variation.number][1]
        if isinstance(base, Rendered):
            _add(facts[variation.number], variation, base, result)
    for number, each in facts.items():
        renderer.keep_note(done[number][0], _NOTE, msgspec.json.encode(each).decode())
    return [facts[number] if each is None else each for number, each in enumerate(found)]


def _known(renderer: Renderer, release: Release, result: Result | None) -> ReleaseFacts | None:
    if not isinstance(result, Rendered):
        return ReleaseFacts()
    try:
        text = renderer.note(release, _NOTE)
        return None if text is None else msgspec.json.decode(text, type=ReleaseFacts)
    except msgspec.MsgspecError:
        return None


def _variations(renderer: Renderer, number: int, release: Release) -> Iterator[_Variation]:
    for path in undeclared(release.chart, release.values)[:_MOST]:
        changed = replace(release, values=without(release.values, path))
        yield _Variation(number, "value", ".".join(path), changed)
    traits = renderer.traits(release.chart)
    if traits.lookup:
        named = [each for each in release.objects if _is_named(each, str(release.values))]
        for key in named[:_MOST]:
            others = {other: each for other, each in release.objects.items() if other != key}
            yield _Variation(number, "object", key, replace(release, objects=others))
    major, _, minor = release.kubernetes.partition(".")
    minor = minor.partition(".")[0]
    if traits.kubernetes and minor.isdigit():
        later = f"{major}.{int(minor) + 1}"
        yield _Variation(number, "kubernetes", later, replace(release, kubernetes=later))


def _is_named(key: str, values: str) -> bool:
    _, kind, _, name = key.split(" ")
    return kind in ("ConfigMap", "Secret") and f"'{name}'" in values


def _add(facts: ReleaseFacts, variation: _Variation, base: Rendered, result: Result) -> None:
    if variation.kind == "kubernetes":
        if isinstance(result, Rendered):
            facts.images.extend(_changed(base, result))
        return
    if variation.kind == "value" and result == base:
        facts.ignored.append(variation.what)
    if variation.kind == "object" and result != base:
        facts.looked_up.append(variation.what)
        if isinstance(result, NotRendered):
            facts.required.append(variation.what)


def _changed(base: Rendered, other: Rendered) -> Iterator[tuple[str, str]]:
    """Yield the images that differ in an object that both have."""
    later = {_named(each.manifest): each.manifest for each in other.objects}
    told: set[tuple[str, str]] = set()
    for each in base.objects:
        known = later.get(_named(each.manifest))
        if known is None:
            continue
        for pair in zip(_images(each.manifest), _images(known), strict=False):
            if pair[0] != pair[1] and pair not in told:
                told.add(pair)
                yield pair


def _named(manifest: dict[str, Any]) -> tuple[str, str]:
    return str(manifest.get("kind")), str(manifest["metadata"].get("name"))


def _images(value: Any) -> Iterator[str]:
    if is_mapping(value):
        for key, part in value.items():
            if key == "image" and isinstance(part, str):
                yield part
            else:
                yield from _images(part)
    elif is_list(value):
        for part in value:
            yield from _images(part)
