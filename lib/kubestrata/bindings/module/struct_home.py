"""The modules that declare the structs of a package, and the names that reach them.

A struct of one kind is in the module of that kind; one of several is in the module `shared` of
the newest and most stable version that has it. A name that two kinds of the package claim is in
the modules of these kinds only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from kubestrata.bindings.module.claim import Names
from kubestrata.bindings.module.group_name import SHARED
from kubestrata.bindings.shape.model import ClassRef, Module, PathKey, StructModel
from kubestrata.bindings.shape.shape import Shape
from kubestrata.bindings.shape.struct_name import NamedPlace, path_names, struct_model


def _shared_of(module: Module) -> Module:
    return (*module[:2], SHARED)


class StructHomes:
    """Assigns structs to modules.

    `names` has the names of all paths in each module of a kind; `is_clear` returns True for those
    that only this kind claims, `ranks` orders the folders of versions.
    """

    def __init__(
        self,
        shapes: Iterable[Shape],
        names: Names,
        is_clear: Callable[[Module, str], bool],
        ranks: Mapping[str, tuple[int, int, int, str]],
    ) -> None:
        self._shapes = tuple(shapes)
        self._names = names
        self._is_clear = is_clear
        self._ranks = ranks
        self._homes = {shape.key: self._home(shape) for shape in self._shapes}

    def _home(self, shape: Shape) -> Module:
        first = next(iter(shape.places))
        if len(shape.places) == 1:
            return first
        folders = {module[1] for module in shape.places}
        folder = max(folders, key=lambda each: (self._ranks[each], each))
        shared = (first[0], folder, SHARED)
        if next(self._named(shape, shared), None):
            return shared
        return min(module for module in shape.places if module[1] == folder)

    def _named(self, shape: Shape, home: Module) -> Iterator[NamedPlace]:
        """Yield the locations of a struct that give it a name in a module."""
        several = len(shape.places) > 1
        for module, paths in shape.places.items():
            if home not in (module, _shared_of(module)):
                continue
            for path in paths:
                names = self._names[module][path, shape.key]
                if several:
                    clear = home[-1] == SHARED
                    names = tuple(each for each in names if self._is_clear(module, each) is clear)
                if names:
                    yield NamedPlace((module, path), names)

    @cached_property
    def structs(self) -> dict[Module, tuple[StructModel, ...]]:
        """The structs that each module declares, by name."""
        found: dict[Module, list[StructModel]] = {}
        for shape in self._shapes:
            home = self._homes[shape.key]
            named = list(self._named(shape, home))
            wheres = [path for paths in shape.places.values() for path in paths]
            found.setdefault(home, []).append(struct_model(shape, named, wheres))
        return {
            home: tuple(sorted(each, key=lambda struct: struct.name))
            for home, each in found.items()
        }

    @cached_property
    def _declared(self) -> dict[str, ClassRef]:
        return {
            struct.key: ClassRef(module, struct.name, struct.name)
            for module, structs in self.structs.items()
            for struct in structs
        }

    @cached_property
    def _aliases(self) -> dict[Module, dict[str, ClassRef]]:
        found: dict[Module, dict[str, ClassRef]] = {}
        for shape in self._shapes:
            if len(shape.places) == 1:
                continue
            homes = {each for module in shape.places for each in (module, _shared_of(module))}
            for home in homes - {self._homes[shape.key]}:
                for each in self._named(shape, home):
                    names = dict.fromkeys(each.names, self._declared[shape.key])
                    found.setdefault(home, {}).update(names)
        return found

    @property
    def shared(self) -> list[Module]:
        """The modules of shared structs."""
        return sorted(each for each in {*self.structs, *self._aliases} if each[-1] == SHARED)

    def aliases(self, module: Module) -> dict[str, ClassRef]:
        """Return the names in a module of structs that another module declares."""
        return self._aliases.get(module, {})

    @cached_property
    def placed(self) -> dict[tuple[Module, PathKey], ClassRef]:
        """The name of the struct at each location."""
        found: dict[tuple[Module, PathKey], ClassRef] = {}
        for shape in self._shapes:
            for module, paths in shape.places.items():
                for path in paths:
                    name = self._names[module][path, shape.key][0]
                    clear = len(shape.places) > 1 and self._is_clear(module, name)
                    home = _shared_of(module) if clear else module
                    found[module, (path, shape.key)] = ClassRef(home, name, name)
        return found


def names_in(shapes: Iterable[Shape], kinds: Mapping[Module, str]) -> Names:
    """Return the names of all paths in each module of a kind, whose class is in `kinds`."""
    paths: dict[Module, list[PathKey]] = {}
    for shape in shapes:
        for module, found in shape.places.items():
            paths.setdefault(module, []).extend((path, shape.key) for path in found)
    return {module: path_names(found, {kinds[module]}) for module, found in paths.items()}
