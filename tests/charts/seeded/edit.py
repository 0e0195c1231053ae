"""Changes of one manifest: fields set, removed and renamed, texts and entries replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kubestrata.core.json_value import Manifest, is_mapping

Change: TypeAlias = Callable[[Manifest], None]
Step: TypeAlias = str | int


def _holder(manifest: Manifest, steps: tuple[Step, ...], *, make: bool = False) -> Any:  # JSON
    holder: Any = manifest
    for step in steps[:-1]:
        if make and is_mapping(holder):
            holder.setdefault(str(step), {})
        holder = holder[step]
    return holder


def put(*steps: Step, to: object) -> Change:
    """Set a field, with the mappings above it; raises KeyError for an entry that is not there."""

    def change(manifest: Manifest) -> None:
        _holder(manifest, steps, make=True)[steps[-1]] = to

    return change


def instead(*steps: Step, to: object) -> Change:
    """Set a field that has another value; raises KeyError or ValueError if it has none."""

    def change(manifest: Manifest) -> None:
        holder = _holder(manifest, steps)
        if holder[steps[-1]] == to:
            raise ValueError(f"{steps} is {to!r} already")
        holder[steps[-1]] = to

    return change


def without(*steps: Step) -> Change:
    """Remove a field or an entry; raises KeyError if it is not there."""

    def change(manifest: Manifest) -> None:
        del _holder(manifest, steps)[steps[-1]]

    return change


def renamed(to: str, *steps: Step) -> Change:
    """Give a key another name; raises KeyError if it is not there."""

    def change(manifest: Manifest) -> None:
        holder = _holder(manifest, steps)
        holder[to] = holder.pop(steps[-1])

    return change


def moved(to: tuple[Step, ...], *steps: Step) -> Change:
    """Move a field elsewhere; raises KeyError if it is not there."""

    def change(manifest: Manifest) -> None:
        value = _holder(manifest, steps).pop(steps[-1])
        _holder(manifest, to, make=True)[to[-1]] = value

    return change


def replaced(old: str, new: str, *steps: Step) -> Change:
    """Replace a part of a text; raises ValueError if the text lacks it."""

    def change(manifest: Manifest) -> None:
        holder = _holder(manifest, steps)
        text = holder[steps[-1]]
        if old not in text:
            raise ValueError(f"{old!r} is not in {steps}")
        holder[steps[-1]] = text.replace(old, new)

    return change


def added(*steps: Step, to: object) -> Change:
    """Append an entry to a list; raises KeyError if there is none."""

    def change(manifest: Manifest) -> None:
        holder = _holder(manifest, steps)
        holder[steps[-1]] = [*holder[steps[-1]], to]

    return change


def no_dependency(name: str) -> Change:
    """Remove a name from `dependsOn` of a Kustomization; raises ValueError if it is not there."""

    def change(manifest: Manifest) -> None:
        kept = [each for each in manifest["spec"]["dependsOn"] if each["name"] != name]
        if len(kept) == len(manifest["spec"]["dependsOn"]):
            raise ValueError(f"it does not depend on {name}")
        manifest["spec"]["dependsOn"] = kept

    return change
