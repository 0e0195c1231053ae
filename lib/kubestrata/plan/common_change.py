"""Changes that several clusters have in common, as one entry."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict

from kubestrata.core.frozen import Frozen
from kubestrata.core.list_key import canonical
from kubestrata.plan.tree_diff import ObjectChange


class CommonChange(Frozen):
    """A change of one object, and its files: one in each cluster that has the same change."""

    change: ObjectChange
    files: tuple[str, ...]

    @property
    def place(self) -> str:
        """Return the path of the file, with all clusters in its first folder: `{a,b}/...`."""
        found = dict.fromkeys(self.files)
        if len(found) == 1:
            return self.files[0]
        clusters = ",".join(file.partition("/")[0] for file in found)
        return f"{{{clusters}}}/{self.files[0].partition('/')[2]}"


def fold(changes: Iterable[ObjectChange]) -> list[CommonChange]:
    """Return the changes in their order, those of several clusters where the first one is.

    They are the same if all but the cluster is: the object, the path of its file in the cluster,
    the fields with their values, and the notes.
    """
    groups: dict[tuple[str, ...], list[ObjectChange]] = {}
    for change in changes:
        groups.setdefault(_key(change), []).append(change)
    return [CommonChange(same[0], tuple(each.file for each in same)) for same in groups.values()]


def _key(change: ObjectChange) -> tuple[str, ...]:
    cluster, slash, rest = change.file.partition("/")
    # A file in the root belongs to no cluster.
    place = rest if slash else f"/{cluster}"
    fields = canonical([asdict(each) for each in change.fields])
    return (change.verb, change.name, place, change.note, change.data_lost, fields)
