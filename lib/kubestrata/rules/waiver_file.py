"""Waivers of plain YAML trees: a list in a file.

```yaml
- rule: P07
  object: Deployment.apps shop/web
  reason: needs a shell until the chart is replaced
  owner: team-shop
  expires: 2027-03-31
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from kubestrata.core.errors import ConfigError
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin
from kubestrata.core.regular_file import read_regular_text
from kubestrata.core.waiver import Waiver
from kubestrata.core.yaml_read import refuse_depth

_NEEDED = ("expires", "object", "owner", "reason", "rule")
_MAX_BYTES = 4_000_000
_KNOWN = frozenset({*_NEEDED, "cluster"})
_OBJECT = re.compile(
    r"(?P<kind>[^\s.]+)(?:\.(?P<group>\S+))? (?:(?P<namespace>[^\s/]+)/)?(?P<name>\S+)"
)


def read_waivers(path: Path, within: Path | None = None) -> list[Waiver]:
    """Read the waivers of a file, which is in the folder `within` if one is given.

    Raises ConfigError with the line of what is not valid.
    """
    try:
        text = read_regular_text(path, _MAX_BYTES, within)
        refuse_depth(text, str(path))
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(str(path), "cannot be read", error.strerror or str(error)) from None
    except yaml.YAMLError as error:
        raise ConfigError(str(path), "cannot be read", str(error).partition("\n")[0]) from None
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigError(f"{path}:1", "waivers", "is not a list", "write a list of mappings")
    return list(_waivers(path, root))


def _waivers(path: Path, root: yaml.SequenceNode) -> Iterator[Waiver]:
    for node in root.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"{path}:{line}", "a waiver", "is not a mapping")
        entry = {str(key.value): value.value for key, value in node.value}
        yield _waiver(f"{path}:{line}", entry, Origin(str(path), line))


def _waiver(where: str, entry: dict[str, Any], origin: Origin) -> Waiver:
    for key in sorted(set(entry) - _KNOWN):
        fix = f"use one of {', '.join(sorted(_KNOWN))}"
        raise ConfigError(where, f"{key} of a waiver", "is not a valid field", fix)
    for key in _NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ConfigError(where, "a waiver", f"has no {key}", f"add {key}:")
    found = _OBJECT.fullmatch(entry["object"])
    if found is None:
        fix = "write it as messages do: Deployment.apps shop/web"
        raise ConfigError(where, f"object {entry['object']!r}", "is not a valid object", fix)
    try:
        expires = date.fromisoformat(entry["expires"])
    except ValueError:
        fix = "use YYYY-MM-DD, such as 2027-03-31"
        raise ConfigError(
            where, f"expires {entry['expires']!r}", "is not a valid date", fix
        ) from None
    identity = Identity(
        found["group"] or "", found["kind"], found["namespace"] or "", found["name"]
    )
    reason, owner = entry["reason"], entry["owner"]
    cluster = str(entry.get("cluster", ""))
    return Waiver(entry["rule"], identity, reason, owner, expires, origin, cluster)
