"""Facts about a release that show when it is rendered again with one change.

They are kept with the result of the release, so that they are found once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

from kubestrata.core.errors import ImportSourceError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Manifest, is_list, is_mapping
from kubestrata.helm.normalise import named_in
from kubestrata.helm.release import Release
from kubestrata.helm.rendered import NotRendered, Rendered
from kubestrata.helm.renderer import Renderer, Variant
from kubestrata.helm.store import files_in
from kubestrata.helm.unknown_value import ValuePath, probe, undeclared, with_probes, without

Result: TypeAlias = Rendered | NotRendered
_Test: TypeAlias = Callable[[Result], None]
_NOTE = "facts-3"
_MOST = 20
"""Of more candidates of one release, the others are not examined."""


class ReleaseFacts(Frozen):
    """`ignored` are values without an effect, `looked_up` the objects that the chart reads.

    `required` are those of them without which Helm refuses the release; `images` are the pairs of
    images that differ between the Kubernetes of the cluster and the next one.
    """

    ignored: list[str] = msgspec.field(default_factory=list[str])
    looked_up: list[str] = msgspec.field(default_factory=list[str])
    required: list[str] = msgspec.field(default_factory=list[str])
    images: list[tuple[str, str]] = msgspec.field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class _Examined:
    """A release whose facts are not known yet, and what may be one."""

    release: Release
    base: Rendered
    values: list[ValuePath]
    objects: list[str]
    later: str
    unsure: list[str] = field(default_factory=list[str])
    facts: ReleaseFacts = field(default_factory=ReleaseFacts)

    def first(self) -> Iterator[tuple[_Test, Release]]:
        """Yield the renderings that tell about all candidates at once."""
        if self.values:
            yield (
                self.probed,
                replace(self.release, values=with_probes(self.release.values, self.values)),
            )
        if self.objects or self.later:
            yield (
                self.unchanged,
                replace(
                    self.release,
                    objects=self._without_objects(),
                    kubernetes=self.later or self.release.kubernetes,
                ),
            )

    def unchanged(self, result: Result) -> None:
        """Drop the objects and the next Kubernetes if nothing changes without the former in it."""
        if isinstance(result, Rendered) and is_same(self.base, result):
            self.objects, self.later = [], ""

    def second(self) -> Iterator[tuple[_Test, Release]]:
        """Yield the renderings that tell which of two changes matters."""
        if self.objects:
            yield self.bare, replace(self.release, objects=self._without_objects())
        if self.later:
            yield self.upgraded, replace(self.release, kubernetes=self.later)

    def _without_objects(self) -> dict[str, Manifest]:
        return {k: v for k, v in self.release.objects.items() if k not in self.objects}

    def probed(self, result: Result) -> None:
        """Keep the values whose neighbour the chart does not write out."""
        if isinstance(result, Rendered):
            text = str([each.manifest for each in result.objects])
            self.values = [
                path for number, path in enumerate(self.values) if probe(number) not in text
            ]

    def bare(self, result: Result) -> None:
        """Keep the objects only if one of them is looked up."""
        if isinstance(result, Rendered) and is_same(self.base, result):
            self.objects = []

    def upgraded(self, result: Result) -> None:
        """Add the images that the next Kubernetes changes."""
        if isinstance(result, Rendered):
            self.facts.images.extend(_changed(self.base, result))

    def single(self) -> Iterator[tuple[_Test, Release]]:
        """Yield a rendering for each candidate that is left."""
        for path in self.values:
            values = without(self.release.values, path)
            yield (
                partial(self.left_out, path),
                replace(self.release, values=values),
            )
        for key in self.objects:
            others = {k: v for k, v in self.release.objects.items() if k != key}
            changed = replace(self.release, objects=others)
            yield partial(self.hidden, key), changed

    def doubtful(self) -> Iterator[tuple[_Test, Release]]:
        """Yield full renderings without objects, where a single one may differ by chance."""
        for key in self.unsure:
            others = {k: v for k, v in self.release.objects.items() if k != key}
            yield partial(self.compared, key), replace(self.release, objects=others)

    def left_out(self, path: ValuePath, result: Result) -> None:
        """Add a value without which nothing changes."""
        if isinstance(result, Rendered) and is_same(self.base, result):
            self.facts.ignored.append(".".join(path))

    def hidden(self, key: str, result: Result) -> None:
        """Add an object without which something changes, if that is certain."""
        if isinstance(result, NotRendered):
            self.facts.looked_up.append(key)
            self.facts.required.append(key)
        elif not is_same(self.base, result):
            self.unsure.append(key)

    def compared(self, key: str, result: Result) -> None:
        """Add an object without which something changes."""
        if result != self.base:
            self.facts.looked_up.append(key)

    def sort(self) -> None:
        """Sort the facts by the order of their candidates: results come in any order."""
        self.facts.ignored.sort(key=[".".join(path) for path in self.values].index)
        self.facts.looked_up.sort(key=self.objects.index)
        self.facts.required.sort(key=self.objects.index)


def release_facts(
    renderer: Renderer, done: Sequence[tuple[Release, Result | None]]
) -> list[ReleaseFacts]:
    """Return the facts of releases that were rendered; none of the others."""
    found: list[ReleaseFacts] = []
    examined: list[_Examined] = []
    for release, result in done:
        facts = _known(renderer, release, result)
        if facts is None and isinstance(result, Rendered):
            examined.append(_examined(renderer, release, result))
            facts = examined[-1].facts
        found.append(facts or ReleaseFacts())
    for step in (_Examined.first, _Examined.second, _Examined.single):
        tests = [(one, *each) for one in examined for each in step(one)]
        variants = [Variant(one.release, one.base, release) for one, _, release in tests]
        for position, result in renderer.render_variants(variants):
            tests[position][1](result)
    doubts = [each for one in examined for each in one.doubtful()]
    for position, result in renderer.render_each([release for _, release in doubts]):
        doubts[position][0](result)
    for each in examined:
        each.sort()
        renderer.keep_note(each.release, _NOTE, msgspec.json.encode(each.facts).decode())
    return found


def _known(renderer: Renderer, release: Release, result: Result | None) -> ReleaseFacts | None:
    if not isinstance(result, Rendered):
        return ReleaseFacts()
    try:
        text = renderer.note(release, _NOTE)
        return None if text is None else msgspec.json.decode(text, type=ReleaseFacts)
    except msgspec.MsgspecError:
        return None


def _examined(renderer: Renderer, release: Release, base: Rendered) -> _Examined:
    traits = renderer.traits(release.chart)
    values: list[ValuePath] = []
    # Where a part of the output is not an object, the values in it are not known.
    if release.values and not base.faults:
        with contextlib.suppress(ImportSourceError):
            files = files_in(release.chart)
            values = undeclared(release.chart, files, release.values)[:_MOST]
    objects = [each for each in release.objects if _is_named(each, str(release.values))]
    major, _, minor = release.kubernetes.partition(".")
    minor = minor.partition(".")[0]
    later = f"{major}.{int(minor) + 1}" if traits.images and minor.isdigit() else ""
    return _Examined(release, base, values, objects[:_MOST] if traits.lookup else [], later)


def _is_named(key: str, values: str) -> bool:
    _, kind, _, name = key.split(" ")
    return kind in ("ConfigMap", "Secret") and f"'{name}'" in values


def is_same(base: Rendered, other: Rendered) -> bool:
    """Return True if two results differ at most where each rendering does."""
    if not base.replaced:
        return base.objects == other.objects
    if len(base.objects) != len(other.objects):
        return False
    return all(
        one == each or _is_alike(one.manifest, each.manifest, f"{named_in(one.manifest)} ", base)
        for one, each in zip(base.objects, other.objects, strict=True)
    )


def _is_alike(one: Any, other: Any, path: str, base: Rendered) -> bool:
    if one == other or path.removesuffix(".") in base.replaced:
        return True
    if is_mapping(one) and is_mapping(other):
        return one.keys() == other.keys() and all(
            _is_alike(one[key], other[key], f"{path}{key}.", base) for key in one
        )
    if is_list(one) and is_list(other):
        return len(one) == len(other) and all(
            _is_alike(mine, each, f"{path}{number}.", base)
            for number, (mine, each) in enumerate(zip(one, other, strict=True))
        )
    return False


def _changed(base: Rendered, other: Rendered) -> Iterator[tuple[str, str]]:
    """Yield the images that differ in an object that both have."""
    later = {_named(each.manifest): each.manifest for each in other.objects}
    reported: set[tuple[str, str]] = set()
    for each in base.objects:
        known = later.get(_named(each.manifest))
        if known is None:
            continue
        for pair in zip(_images(each.manifest), _images(known), strict=False):
            if pair[0] != pair[1] and pair not in reported:
                reported.add(pair)
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
