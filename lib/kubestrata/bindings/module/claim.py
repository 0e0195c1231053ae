"""The names that kinds claim in a package of custom kinds.

A name that two kinds claim is ambiguous: it is in the modules of these kinds, and in no package
that holds both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import field

from kubestrata.bindings.module.group_name import KindKey
from kubestrata.bindings.shape.model import Module, PathKey
from kubestrata.core.frozen import Frozen

Names: TypeAlias = Mapping[Module, Mapping[PathKey, tuple[str, ...]]]
"""The names of all structs in the module of each kind."""


class Ambiguous(Frozen):
    """Ambiguous names, with the modules and sub-packages that have them.

    With a kind of `kinds` all names of its parts are ambiguous, with one of `names` it alone is.
    """

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


class NameClaims:
    """The kinds of a package and the names that their modules have."""

    def __init__(
        self,
        kinds: Mapping[Module, KindKey],
        classes: Mapping[Module, str],
        names: Names,
        labels: Mapping[str, str],
    ) -> None:
        self._kinds = kinds
        self._classes = classes
        self._labels = labels
        self._modules: dict[str, set[Module]] = {}
        for module, name in classes.items():
            self._modules.setdefault(name, set()).add(module)
        for module, found in names.items():
            for each in {name for given in found.values() for name in given}:
                self._modules.setdefault(each, set()).add(module)
        self._owners = {name: self._kinds_in(found) for name, found in self._modules.items()}
        homes: dict[str, set[KindKey]] = {}
        for module, name in classes.items():
            homes.setdefault(name, set()).add(kinds[module])
        self._several = {name: kinds for name, kinds in self._owners.items() if len(kinds) > 1}
        self._disputed = {name for name, found in homes.items() if len(found) > 1}

    def _kinds_in(self, modules: Iterable[Module]) -> frozenset[KindKey]:
        return frozenset(self._kinds[module] for module in modules)

    def is_clear(self, module: Module, name: str) -> bool:
        """Return True if the kind of the module alone claims the name."""
        return self._classes[module] not in self._disputed and len(self._owners[name]) == 1

    def ambiguous(self, group: str | None = None) -> Ambiguous:
        """Return the ambiguous names of the package, or of one group in it."""
        kinds: dict[str, tuple[str, ...]] = {}
        names: dict[str, tuple[str, ...]] = {}
        for name, owners in self._several.items():
            inside = {each for each in owners if group in (None, each[0])}
            if len(inside) < 2:
                continue
            modules = [each for each in self._modules[name] if self._kinds[each] in inside]
            if name in self._disputed and all(self._classes[each] == name for each in modules):
                kinds[name] = self._places(inside, modules)
            elif len({self._classes[each] for each in modules}) > 1:
                names[name] = self._places(inside, modules)
        return Ambiguous(dict(sorted(kinds.items())), dict(sorted(names.items())))

    def _places(self, kinds: Iterable[KindKey], modules: Sequence[Module]) -> tuple[str, ...]:
        """Return the groups if they distinguish the kinds, else the modules."""
        groups = [group for group, _ in kinds]
        if len({*groups}) == len(groups) and all(group in self._labels for group in groups):
            return tuple(sorted(self._labels[group] for group in groups))
        return tuple(sorted(".".join(module[1:]) for module in modules))
