"""Configuration documents as the text of a file."""

from __future__ import annotations

from kubestrata.core.origin import caller
from kubestrata.core.render import render
from kubestrata.core.struct import Struct
from kubestrata.core.yaml_text import dump_all


def document_text(*documents: Struct) -> str:
    """Return documents as YAML, in the given order; raises InvalidBody for a wrong type."""
    where = caller()
    return dump_all([render(each, where, type(each).__name__)[0] for each in documents])
