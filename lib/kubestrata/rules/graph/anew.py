"""G28: charts that Argo CD renders give the same values each time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.argo_sync import RESPECTED
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_FIX = (
    "set it in the values (an existing Secret, a password, a certificate), commit the rendered "
    "objects, or ignore the field: ignoreDifferences with RespectIgnoreDifferences=true"
)
_MOST = 3
_SIMPLE = re.compile(r"""(?:\.\w+|\.?"[^"]+"|\[["'][^"']+["']\])+\Z""")
_STEP = re.compile(r"""[\w./-]+""")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for identity, fields in tree.charts.invented.items():
        application = tree.by_identity.get(identity)
        if application is not None and (identity.group, identity.kind) == (ARGO, "Application"):
            yield from _of_application(application, fields)


def _of_application(application: Subject, fields: Sequence[str]) -> Iterator[Finding]:
    policy = mapping(application.spec.get("syncPolicy"))
    ignored = [*map(mapping, sequence(application.spec.get("ignoreDifferences")))]
    is_kept = RESPECTED in sequence(policy.get("syncOptions"))
    found: dict[str, list[str]] = {}
    for each in fields:
        kind, name, path = each.split(" ", 2)
        if not any(_covers(one, kind, name, path) for one in ignored if is_kept):
            found.setdefault(f"{kind} {name}", []).append(path)
    # Without automated sync somebody sees the difference before it is applied.
    severity = None if mapping(policy.get("automated")) else Severity.WARNING
    for what, paths in sorted(found.items()):
        some = ", ".join(sorted(paths)[:_MOST])
        rest = f" and {len(paths) - _MOST} more" if len(paths) > _MOST else ""
        said = f"its chart makes {some}{rest} of {what} anew whenever Argo CD renders it"
        yield application.finding("spec", said, _FIX, severity)


def _covers(ignored: Mapping[str, Any], kind: str, name: str, path: str) -> bool:
    """Return True if an entry of ignoreDifferences covers a field of an object."""
    space, _, own = name.rpartition("/")
    named = (ignored.get("kind"), ignored.get("name") or own, ignored.get("namespace") or space)
    if named != (kind, own, space or named[2]):
        return False
    # Argo CD compares Secrets as the API server stores them.
    path = f"data.{path.removeprefix('stringData.')}" if path.startswith("stringData.") else path
    return any(path == each or path.startswith(f"{each}.") or not each for each in _paths(ignored))


def _paths(ignored: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of an entry, '' for an expression that may be any."""
    for pointer in map(str, sequence(ignored.get("jsonPointers"))):
        yield ".".join(
            step.replace("~1", "/").replace("~0", "~") for step in pointer.strip("/").split("/")
        )
    for expression in map(str, sequence(ignored.get("jqPathExpressions"))):
        is_simple = _SIMPLE.match(expression) is not None
        yield ".".join(_STEP.findall(expression)).strip(".") if is_simple else ""


RULES = (
    Rule(
        "G28",
        "a chart that Argo CD renders gives the same values each time",
        "passwords and certificates change under the programs that use them, and the Application "
        "is never in sync",
        _check,
    ),
)
