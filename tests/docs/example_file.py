"""Writes lib/kubestrata/rules/examples.json: for each rule its smallest fixtures, as Markdown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from kubestrata.rules.credentials import without_forms
from kubestrata.rules.page import EXAMPLES
from tests.rules.fixture import AGAINST, BEFORE, CHARTS, EXPECTED, expected, fixtures

CONFIGURED = Path(__file__).resolve().parents[1] / "rules" / "configured"
_SKIPPED = "sync.yaml"  # the same in all fixtures
_LONGEST = 160
# Rules that no tree of YAML violates.
OF_THE_CHECK = {
    "T02": (
        """\
from kubestrata.rules.rule import Rule

RULES = (
    Rule(
        "X90",
        "an object has an owner",
        "it has no contact when it breaks",
        lambda tree: [each.finding("", "no owner") for each in tree.subjects if not each.owner],
    ),
)
""",
        """\
from kubestrata.rules.rule import Rule

RULES = (
    Rule(
        "X90",
        "an object has an owner",
        "it has no contact when it breaks",
        lambda tree: [
            each.finding("", "has no owner")
            for each in tree.subjects
            if not each.annotations.get("owner")
        ],
    ),
)
""",
    ),
    "W01": (
        """\
- rule: P01
  object: Deployment.apps shop/web
  reason: until the new image is tested
  owner: team-shop
  expires: 2020-03-31
""",
        """\
- rule: P01
  object: Deployment.apps shop/web
  reason: until the new image is tested
  owner: team-shop
  expires: 2999-03-31
""",
    ),
}


def _files(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of the files of a fixture, without the expected findings."""
    if path.is_dir():
        for file in sorted(each for each in path.rglob("*") if each.is_file()):
            if file.name not in (_SKIPPED, "expected.txt"):
                yield file.relative_to(path).as_posix(), file.read_text(encoding="utf-8")
        return
    former = path.with_suffix(BEFORE)
    if former.exists():
        yield "before", former.read_text(encoding="utf-8")
    other = path.with_suffix(AGAINST)
    if other.exists():
        yield "keys.txt", other.read_text(encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith(EXPECTED))
    yield "after" if former.exists() else "", kept


def _markdown(path: Path) -> str:
    parts = [_block(name, text) for name, text in _files(path)]
    return "\n\n".join(parts)


def _block(name: str, text: str) -> str:
    lines = (
        line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..." for line in text.split("\n")
    )
    language = "" if name and not name.endswith((".yaml", "before", "after")) else "yaml"
    title = f"{name}:\n\n" if name else ""
    # Commands print no text in the form of a secret, not even an example of one.
    body = without_forms("\n".join(lines).strip("\n"))
    return f"{title}```{language}\n{body}\n```"


def _size(path: Path) -> tuple[bool, int, str]:
    """Return the sort key of examples: those without a chart first, then the smallest."""
    return (path / CHARTS).is_dir(), sum(len(text) for _, text in _files(path)), str(path)


def examples() -> dict[str, dict[str, str]]:
    """Return the examples of every rule that has fixtures, and of those about the check."""
    found: dict[str, dict[bool, list[Path]]] = {}
    for path in [*fixtures(), *sorted(CONFIGURED.glob("*/*.yaml"))]:
        kinds = found.setdefault(path.parent.name, {})
        kinds.setdefault(bool(expected(path)), []).append(path)
    made = {
        rule: {
            "violates": _markdown(min(kinds[True], key=_size)),
            "keeps": _markdown(min(kinds[False], key=_size)),
        }
        for rule, kinds in found.items()
    }
    for rule, texts in OF_THE_CHECK.items():
        name = "rules.py" if rule == "T02" else "waivers.yaml"
        pair = [_block(name, text).replace("```\nfrom", "```python\nfrom") for text in texts]
        made[rule] = {"violates": pair[0], "keeps": pair[1]}
    return dict(sorted(made.items()))


def text() -> str:
    """Return the text of the file."""
    return json.dumps(examples(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(EXAMPLES.write_text(text(), encoding="utf-8") == 0)
