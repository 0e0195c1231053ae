"""Names of clusters, after the folders with which they begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from kubestrata.gitops.reader import Start


def named(starts: Sequence[Start], home: str) -> list[Start]:
    """Return the clusters with names: that of `clusters/<name>`, else what tells them apart.

    A single cluster has the name of its repository, `home`.
    """
    names = [each.name or _name_in(each.folders[0]) for each in starts]
    without = [each.folders[0] for each, name in zip(starts, names, strict=True) if not name]
    distinct = dict(zip(without, _distinct_parts(without, home), strict=True))
    taken: set[str] = set()
    found: list[Start] = []
    for each, known in zip(starts, names, strict=True):
        name = known or distinct[each.folders[0]]
        name = name if name not in taken else each.folders[0] or home
        taken.add(name)
        found.append(replace(each, name=name))
    return found


def _distinct_parts(folders: Sequence[str], home: str) -> list[str]:
    """Return what tells folders apart: the part where they differ, else the shortest ending."""
    if len(folders) < 2:
        return [home for _ in folders]
    level = first_difference(folders)
    parts = [folder.split("/") for folder in folders]
    while len({each[-1] for each in parts}) == 1 and all(len(each) > 1 for each in parts):
        parts = [each[:-1] for each in parts]
    forms = [["/".join(each[level : level + 1]) or home for each in parts]]
    forms += [
        ["/".join(each[-count:]) or home for each in parts]
        for count in range(1, max(map(len, parts)) + 1)
    ]
    return next((form for form in forms if len(set(form)) == len(form)), list(folders))


def _name_in(folder: str) -> str:
    """Return the name in `clusters/<name>`, '' for other folders."""
    key = cluster_folder(f"{folder}/")
    return key.rpartition("/")[2] if key else ""


def cluster_folder(home: str) -> str | None:
    """Return `clusters/<name>` of a path with such a part."""
    parts = home.split("/")
    if "clusters" in parts[:-1]:
        return "/".join(parts[: parts.index("clusters") + 2])
    return None


def first_difference(homes: Iterable[str]) -> int:
    """Return the first level at which folders differ."""
    level = 0
    for parts in zip(*(one.split("/") for one in homes), strict=False):
        if len(set(parts)) > 1:
            break
        level += 1
    return level
