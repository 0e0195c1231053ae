"""Glob patterns as Argo CD, Go and git match them, in linear time."""

from __future__ import annotations

import re
from functools import lru_cache

from kubestrata.core.pattern import Pattern, PatternError

_ANY, _WITHIN = ".", "[^/]"


def matches_files(pattern: str, path: str) -> bool:
    """Return True if an `include` or `exclude` of Argo CD matches: `*` also matches '/'."""
    return _matches(pattern, path, _ANY, braces=True)


def matches_folder(pattern: str, path: str) -> bool:
    """Return True if Go's `path.Match` matches: `*` and `?` do not match '/'."""
    return _matches(pattern, path, _WITHIN, braces=False)


def matches_pathspec(pattern: str, path: str) -> bool:
    """Return True if `git ls-files` lists a file: `*` matches '/', a folder all files in it."""
    return any(_matches(each, path, _ANY, braces=False) for each in (pattern, f"{pattern}/*"))


def _matches(pattern: str, path: str, one: str, *, braces: bool) -> bool:
    compiled = _compiled(pattern, one, braces=braces)
    return compiled is not None and compiled.matches(path)


@lru_cache(maxsize=1_000)
def _compiled(pattern: str, one: str, *, braces: bool) -> Pattern | None:
    """Return the compiled pattern, None if it is not valid: it matches nothing."""
    try:
        return Pattern(f"(?s:{''.join(_translated(pattern, one, braces=braces))})")
    except (PatternError, IndexError):
        return None


def _translated(pattern: str, one: str, *, braces: bool) -> list[str]:
    parts: list[str] = []
    depth = index = 0
    while index < len(pattern):
        mark = pattern[index]
        index += 1
        if mark == "*":
            parts.append(f"{one}*")
        elif mark == "?":
            parts.append(one)
        elif mark == "\\":
            parts.append(re.escape(pattern[index]))
            index += 1
        elif mark == "[":
            end = pattern.index("]", index + 1) if "]" in pattern[index + 1 :] else len(pattern)
            parts.append(_characters(pattern[index:end]))
            index = end + 1
        elif braces and mark in "{}":
            depth += 1 if mark == "{" else -1
            parts.append("(?:" if mark == "{" else ")")
        else:
            parts.append("|" if depth and mark == "," else re.escape(mark))
    return parts


def _characters(inside: str) -> str:
    negated = "^" if inside[0] in "!^" else ""
    listed = inside[len(negated) :].replace("[", "\\[")
    return f"[{negated}{listed}]"
