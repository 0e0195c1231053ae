"""Writes docs/reference/contract.schema.json: the schema of `kubestrata contract --output json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kubestrata.rules.contract.document import schema

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "reference" / "contract.schema.json"


def text() -> str:
    """Return the text of the file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(SCHEMA.write_text(text(), encoding="utf-8") == 0)
