"""Detection of secrets, by their form or by the name of their field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from kubestrata.core.pattern import Pattern
from kubestrata.core.secret_field import REDACTED, is_secret_name

_KEY_ID = "an AWS access key"
_LONG = 20
_SHORTEST = 10
"""No form has fewer characters: `a://:abc@b`."""
_FORMS = (
    ("a private key", Pattern(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")),
    ("an age key", Pattern(r"AGE-SECRET-KEY-1[0-9A-Z]{20,}")),
    (_KEY_ID, Pattern(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", Pattern(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})")),
    ("a GitLab token", Pattern(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", Pattern(r"\bxox[abeprs]-[0-9A-Za-z-]{10,}")),
    ("a Slack webhook", Pattern(r"hooks\.slack\.com/services/T\w+/B\w+/\w+")),
    ("a Vault token", Pattern(r"\bhv[sbr]\.[\w-]{20,}")),
    ("a Stripe key", Pattern(r"\b[sr]k_live_\w{16,}")),
    ("a JSON web token", Pattern(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    ("a DigitalOcean token", Pattern(r"\bdop_v1_[0-9a-f]{32,}")),
    (
        "credentials in an address",
        Pattern(r"\w+://[\w.-]*:[^@/\s:${}<*][^@/\s:${}<]{2,}@[\w.-]+"),
    ),
)
_KEY_BLOCK = Pattern(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z0-9 ]*-----)?"
)
"""A private key with its text, to the end if it is truncated."""
_MARKS_OF_FORMS = (
    "PRIVATE KEY",
    "AGE-SECRET",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xox",
    "hooks.slack",
    "hvs.",
    "hvb.",
    "hvr.",
    "k_live_",
    "eyJ",
    "dop_v1_",
    "://",
)
"""Texts of which every form has one: most texts contain none of these."""
_MARKED = Pattern("|".join(map(re.escape, _MARKS_OF_FORMS)))
"""The same, for long texts."""
_COMMENT = re.compile(r"\s*(?:#|//|;)")
_NAME = Pattern(
    r"(?i)(?:^|[a-z0-9_.-])(password|passwd|passphrase|api[_-]?key|secret[_-]?key|client[_-]?secret"
    r"|access[_-]?token|auth[_-]?token|bearer[_-]?token|private[_-]?key|secret[_-]?access[_-]?key"
    r"|encryption[_-]?key|root[_-]?pw)$"
)
_MARKS_OF_NAMES = ("pass", "key", "secret", "token", "pw")
"""Texts of which every such name has one, whatever its case."""
_ELSEWHERE = Pattern(
    r"(?i)\$|\{\{|^/|^<|op://|vault:|ref\+|ENC\[|^os\.environ/|^urn:k8s:secret:|^(true|false|none|null|\*+|file:.*)$|secretKeyRef"
)
_AMBIGUOUS = Pattern(r"(?i)(secret|private|encryption)[_-]?key$")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_]{16,}")
_PUBLIC_KEY = Pattern(
    r"(?i)(?:^|[._-])(?:host(?:name)?|port|ur[il]|endpoint|region|bucket|user(?:name)?|name|e?mail|id|domain"
    r"|repo(?:sitory)?|path|project|type|issuer|audience|scopes?|cert|crt|ca|fingerprint)$"
)
"""Keys whose values are no credentials, whatever their form is."""
_NOT_SECRET = Pattern(
    r"(?i)(secretKeys|keyRef|secretRef|keys|keyMapping|remoteRef|\w+Names)\.|existing\w*$"
)
PLACEHOLDER = Pattern(
    r"(?i)\bop://\S+|^\s*(ref\+\w+://|vault:secret|change[-_ ]?me\b|replace[-_ ]?(?:me|with)\b"
    r"|your[-_ ][\w -]{2,40}[-_ ]here\s*$|<[A-Z_-]{4,}>\s*$)"
)
"""Placeholders that a tool should have replaced."""
_MARKS = ("<", "change", "op://", "ref+", "replace", "vault:", "your")
"""Texts of which every placeholder has one, whatever its case."""


def may_hold_placeholder(texts: Iterable[str]) -> bool:
    """Return False if none of the texts holds a placeholder: a quick look at a whole object."""
    return _has_one("\n".join(texts).casefold(), _MARKS)


def _has_one(text: str, marks: Iterable[str]) -> bool:
    """Return True if a text contains a mark: in short texts, faster than a pattern."""
    return any(map(text.__contains__, marks))


def marks_in(text: str) -> frozenset[str]:
    """Return the marks in a text, of which every form of a secret has one; the text may be long."""
    try:
        return frozenset(_MARKED.find(text))
    except UnicodeEncodeError:  # half of a pair of surrogates
        return frozenset(each for each in _MARKS_OF_FORMS if each in text)


def may_hold_form(texts: Iterable[str]) -> bool:
    """Return False if none of the texts has the form of a secret: a quick look at an object."""
    return bool(marks_in("\n".join(texts)))


@lru_cache(maxsize=4096)
def form_of(text: str) -> str:
    """Return the form of a secret that a text contains, '' if it contains none."""
    if len(text) < _SHORTEST or not _has_one(text, _MARKS_OF_FORMS):
        return ""
    return next((what for what, form in _FORMS if form.is_in(text)), "")


def form_in_use(text: str) -> str:
    """Return the form of a secret that a text contains outside of comments and examples."""
    if not form_of(text):
        return ""
    lines = (line for line in text.splitlines() if not _COMMENT.match(line))
    return form_of("\n".join(line for line in lines if not _FILLER.search(line)))


def without_forms(text: str) -> str:
    """Return a text without the parts that have the form of a secret."""
    if not _has_one(text, _MARKS_OF_FORMS):
        return text
    for _what, form in ((None, _KEY_BLOCK), *_FORMS):
        text = form.replaced(text, REDACTED)
    return text


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return _has_one(name.casefold(), _MARKS_OF_NAMES) and _NAME.is_in(name)


def is_password(path: str, value: str) -> bool:
    """Return True if a field named like a secret holds one, not the name of its location."""
    name = path.rpartition(".")[2].partition("[")[0]
    if not _is_secret(name) or _NOT_SECRET.is_in(path):
        return False
    if not value.strip() or _ELSEWHERE.is_in(value.strip()):
        return False
    # `secretKey: password` names a key of a Secret more often than it holds one.
    return not _AMBIGUOUS.is_in(name) or _RANDOM.fullmatch(value) is not None


_DUMMY = Pattern(
    r"(?i)^\s*(?:yes|no|on|off|y|n|enabled|disabled|(?:sk-)?required|optional|\d"
    r"|(?:not[-_ ]?(?:needed|required|set|used)|unused|dummy|bogus|n/a|empty|fake|tbd|todo"
    r"|placeholder)\b.*"
    r"|(?:[\w-]*[-_ ])?placeholder(?:[-_ ][\w-]*)?"
    r"|(?:[\w-]*[-_ ])?no[-_ ]?(?:auth|key|password|token)(?:[-_ ][\w-]*)?"
    r"|local(?:host)?|\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?|x{3,}|-+|\.{3,}|(?:sk-)?(?:0{6,}|1{6,}|x{6,}|a{6,}))\s*$"
)
_API_KEY = re.compile(r"(?i)(?:key|token)$")
_WORD = re.compile(r"\s*[a-z]{1,12}\s*")
"""A value that a program wants to be set, and that no server would accept as a key."""
_FILLER = re.compile(r"(?i)placeholder|X{8,}|/T0{6,}/|://user(?:name)?:pass(?:word)?@")
_KEY_NAME = re.compile(r"\s*[A-Z][A-Z0-9]*(?:_[A-Z][A-Z0-9]*)+\s*")
"""The name of a variable or a key, in capital letters."""
_ASSIGNED = re.compile(r"\s*(?:export\s+|-{0,2})([\w.\"'-]+)\s*[=:]\s*(.+)")
"""A line of a configuration file, or an argument, that sets a value."""


def is_credential(path: str, value: str) -> bool:
    """Return True if a field named like a secret holds one, not a switch or a filler."""
    if not is_password(path, value):
        return False
    if _DUMMY.is_in(value) or _KEY_NAME.fullmatch(value):
        return False
    return not (_API_KEY.search(path) and _WORD.fullmatch(value))


def may_assign(text: str) -> bool:
    """Return False if no line of a text sets a value that is secret by its name."""
    return ("=" in text or ":" in text) and _has_one(text.casefold(), _MARKS_OF_NAMES)


def assigned(line: str) -> tuple[str, str] | None:
    """Return name and value of a line that sets a value."""
    found = _ASSIGNED.fullmatch(line)
    return (found[1].strip("\"'"), found[2].strip().strip(",\"'")) if found else None


def is_random(text: str) -> bool:
    """Return True for a text of letters and digits without a word in it."""
    return len(text) >= _LONG and _RANDOM.fullmatch(text) is not None


def holds_credential(key: str, text: str) -> bool:
    """Return True if an entry of a Secret is one by its key or its form.

    A text of several lines is read as a configuration file.
    """
    if form_in_use(text) not in ("", _KEY_ID):
        return True
    whole = text.strip()
    if "\n" in whole:
        lines = (line for line in whole.splitlines() if not _COMMENT.match(line))
        pairs = filter(None, map(assigned, lines))
        return any(is_credential(name, value) for name, value in pairs)
    if _PUBLIC_KEY.is_in(key) or _ELSEWHERE.is_in(whole) or _DUMMY.is_in(whole):
        return False
    return is_secret_name(key) or is_random(whole)
