"""Class names of structs: the shortest of the paths that lead to one, the others as aliases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from kubestrata.bindings.model import StructModel
from kubestrata.bindings.name import Numbered, path_name
from kubestrata.bindings.shape import Path, Shape


def ranked(path: Path) -> tuple[int, str, Path]:
    """The order in which paths give their names: the shortest name first."""
    name = path_name(path[0], path[1:])
    return len(name), name, path


def name_structs(
    shapes: Iterable[Shape], paths: Mapping[str, Sequence[Path]], taken: Collection[str] = ()
) -> tuple[StructModel, ...]:
    """The structs of one module by name, each with its shape's key; no name is in `taken`."""
    given = Numbered(taken, "")
    best = {key: min(map(ranked, found)) for key, found in paths.items()}
    names = {key: given.unique(best[key][1]) for key in sorted(best, key=best.__getitem__)}
    by_name = sorted((shape for shape in shapes if shape.key in names), key=lambda s: names[s.key])
    models: list[StructModel] = []
    for shape in by_name:
        wanted = sorted({ranked(path)[1] for path in paths[shape.key]})
        aliases = [alias for alias in wanted if alias not in given.used]
        given.used.update(aliases)
        place = ".".join(best[shape.key][2])
        name = names[shape.key]
        models.append(
            StructModel(
                name,
                place,
                shape.fields,
                shape.key,
                tuple(aliases),
                restrictions=shape.restrictions,
            )
        )
    return tuple(models)
