"""Resolution of paths in generated artifacts to folders of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.disk import Disk, below, join
from kubestrata.rules.subject import Subject

_ADDRESS = re.compile(r"@([\w-]+)(?:/(.*))?")
_CONTENTS = ("**", "*")


def artifact_folder(
    disk: Disk, generators: Iterable[Subject], name: str, path: str
) -> tuple[str, Subject, str] | None:
    """Return the folder at `path` of the artifact `name`, its generator and its source's alias.

    None if no generator copies it. Source: the copy operations of ArtifactGenerator, which are
    those of `cp -r`.
    """
    wanted = join("", path.lstrip("/"))
    best: tuple[int, str, Subject, str] | None = None
    for generator, alias, source, target in _copies(disk, generators, name):
        if below(wanted, target) and (best is None or len(target) >= best[0]):
            rest = wanted[len(target) :].lstrip("/")
            best = (len(target), join(source, rest), generator, alias)
    return None if best is None else best[1:]


def _copies(
    disk: Disk, generators: Iterable[Subject], name: str
) -> Iterator[tuple[Subject, str, str, str]]:
    for generator in generators:
        own = {mapping(one).get("alias") for one in sequence(generator.spec.get("sources"))}
        for artifact in sequence(generator.spec.get("artifacts")):
            if mapping(artifact).get("name") != name:
                continue
            for copy in sequence(mapping(artifact).get("copy")):
                source = _ADDRESS.fullmatch(str(mapping(copy).get("from")))
                target = _ADDRESS.fullmatch(str(mapping(copy).get("to")))
                if source and target and source[1] in own:
                    folders = _folders(disk, source[2] or "", target[2] or "")
                    yield from ((generator, source[1], *each) for each in folders)


def _folders(disk: Disk, source: str, target: str) -> Iterator[tuple[str, str]]:
    """Yield the folder that a copy reads, and where it is in the artifact."""
    above, _, last = source.rpartition("/")
    if last in _CONTENTS:
        yield join("", above), join("", target)
        return
    folder = join("", source)
    if any(mark in source for mark in "*?[") or not disk.is_folder(folder):
        return
    # `cp -r folder target/` makes a folder in the target; the root has no name to make.
    into = target.endswith("/") or not target
    yield folder, join(target, folder.rpartition("/")[2]) if into and folder else join("", target)
