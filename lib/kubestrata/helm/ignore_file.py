"""The rules of a .helmignore file (source: helm.sh/helm, pkg/ignore).

They are not those of .gitignore: `**` is refused, and a rule with `!` ignores all that it does
not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from kubestrata.core.frozen import Frozen

IGNORE_FILE = ".helmignore"
_ALWAYS = "templates/.?*"
_TOKEN = re.compile(r"\\(.)|(\*)|(\?)|\[(\^?)((?:\\.|[^\]\\])+)\]|(.)", re.DOTALL)


class _Rule(Frozen):
    pattern: re.Pattern[str]
    is_negated: bool
    is_folder_only: bool
    of_base_name: bool

    def matches(self, path: str) -> bool:
        name = path.rpartition("/")[2] if self.of_base_name else path
        return self.pattern.fullmatch(name) is not None


class IgnoreRules:
    """The rules of one chart; raises ValueError for a rule that Helm refuses."""

    def __init__(self, text: str) -> None:
        self._rules = [_rule(line) for line in _lines(text)]

    def is_ignored(self, path: str, *, is_folder: bool) -> bool:
        """Return True for a path, relative to the chart, that Helm does not load."""
        for rule in self._rules:
            if rule.is_negated:
                if (rule.is_folder_only and not is_folder) or not rule.matches(path):
                    return True
            elif (is_folder or not rule.is_folder_only) and rule.matches(path):
                return True
        return False


def _lines(text: str) -> Iterable[str]:
    stripped = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    return [*(line for line in stripped if line and not line.startswith("#")), _ALWAYS]


def _rule(line: str) -> _Rule:
    if "**" in line:
        raise ValueError(f"{IGNORE_FILE}: {line!r}: double stars are not supported")
    is_negated = line.startswith("!")
    rule = line.removeprefix("!")
    is_folder_only = rule.endswith("/")
    rule = rule.removesuffix("/")
    of_base_name = "/" not in rule
    return _Rule(glob(rule.removeprefix("/")), is_negated, is_folder_only, of_base_name)


@cache
def glob(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern of Go's filepath.Match; raise ValueError if it is bad."""
    made: list[str] = []
    for escaped, star, one, negated, members, plain in _TOKEN.findall(pattern):
        if star:
            made.append("[^/]*")
        elif one:
            made.append("[^/]")
        elif members:
            made.append(f"[{negated}{members.replace('[', chr(92) + '[')}]")
        else:
            made.append(re.escape(escaped or plain))
    try:
        return re.compile("".join(made), re.DOTALL)
    except re.error as error:
        raise ValueError(f"{IGNORE_FILE}: {pattern!r}: {error}") from None
