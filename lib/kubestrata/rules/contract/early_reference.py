"""References to secrets in what is applied before the delivery, such as machine configurations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.rules.contract.requirement import Requirement, Use
from kubestrata.rules.contract.sort import STORE_KEY
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree

_REFERENCE = re.compile(r"op://([\w.-]+)/([\w.-]+)/([\w./-]+)")


def early_references(tree: ClusterTree) -> Iterator[Requirement]:
    """Yield the items of 1Password, each with the fields that are read of it."""
    for document in tree.machines:
        place = document.place
        name = str(document.manifest.get("kind") or "Config")
        for path, text in strings(document.manifest):
            for vault, item, field in _REFERENCE.findall(text):
                use = Use(Identity("", "File", "", name), place, path)
                yield Requirement(STORE_KEY, item, use, part=field, source=f"op://{vault}")
