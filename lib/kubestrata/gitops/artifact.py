"""Resolution of paths in an artifact to folders of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.disk import below, join
from kubestrata.rules.subject import Subject

_ADDRESS = re.compile(r"@([\w-]+)/?(.*)")


def artifact_folder(generators: Iterable[Subject], name: str, path: str) -> str | None:
    """Return the folder at `path` of the artifact `name`, None if no generator copies it."""
    wanted = join("", path.lstrip("/"))
    best: tuple[int, str] | None = None
    for source, target in _copies(generators, name):
        if below(wanted, target):
            rest = wanted[len(target) :].lstrip("/")
            best = max(best or (-1, ""), (len(target), join(source, rest)))
    return None if best is None else best[1]


def _copies(generators: Iterable[Subject], name: str) -> Iterator[tuple[str, str]]:
    for generator in generators:
        own = {mapping(one).get("alias") for one in sequence(generator.spec.get("sources"))}
        for artifact in sequence(generator.spec.get("artifacts")):
            if mapping(artifact).get("name") != name:
                continue
            for copy in sequence(mapping(artifact).get("copy")):
                source = _ADDRESS.fullmatch(str(mapping(copy).get("from")))
                target = _ADDRESS.fullmatch(str(mapping(copy).get("to")))
                if source and target and source[1] in own and source[2].endswith("/**"):
                    yield join("", source[2].removesuffix("/**")), join("", target[2])
