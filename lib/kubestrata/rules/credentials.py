"""What looks like a secret, by its form or by the name of its field."""

from __future__ import annotations

import re
from functools import lru_cache

from kubestrata.core.secret_field import REDACTED

_FORMS = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")),
    ("an age key", re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{20,}")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})")),
    ("a GitLab token", re.compile(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[0-9A-Za-z-]{10,}")),
    ("a Slack webhook", re.compile(r"hooks\.slack\.com/services/T\w+/B\w+/\w+")),
    ("a Vault token", re.compile(r"\bhv[sbr]\.[\w-]{20,}")),
    ("a Stripe key", re.compile(r"\b[sr]k_live_\w{16,}")),
    ("a JSON web token", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    ("a DigitalOcean token", re.compile(r"\bdop_v1_[0-9a-f]{32,}")),
    (
        "credentials in an address",
        re.compile(r"\w+://[\w.-]+:(?![${<*{])[^@/\s:${}<]{3,}@[\w.-]+"),
    ),
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z ]*-----)?"
)
"""A private key with its text, to the end if it was cut off."""
_HINT = re.compile(
    r"PRIVATE KEY|AGE-SECRET|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hooks\.slack"
    r"|hv[sbr]\.|[sr]k_live_|eyJ|dop_v1_|://"
)
"""What one of the forms needs: most texts have nothing of it."""
_NAME = re.compile(
    r"(?:^|[a-z0-9_.-])(password|passwd|passphrase|api[_-]?key|secret[_-]?key|client[_-]?secret"
    r"|access[_-]?token|auth[_-]?token|bearer[_-]?token|private[_-]?key|secret[_-]?access[_-]?key"
    r"|encryption[_-]?key|root[_-]?pw)$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\$|\{\{|^/|^<|op://|vault:|ref\+|ENC\[|^(true|false|none|null|\*+|file:.*)$|secretKeyRef",
    re.IGNORECASE,
)
_AMBIGUOUS = re.compile(r"(secret|private|encryption)[_-]?key$", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_]{16,}")
_NOT_SECRET = re.compile(
    r"(secretKeys|keyRef|secretRef|keys|keyMapping|remoteRef)\.|existing\w*$", re.IGNORECASE
)
PLACEHOLDER = re.compile(
    r"\bop://\S+|^\s*(ref\+\w+://|vault:secret|change[-_ ]?me\b|replace[-_ ]?me\b"
    r"|<[A-Z_-]{4,}>\s*$)",
    re.IGNORECASE,
)
"""What a tool was to replace, and did not."""


def form_of(text: str) -> str:
    """What a text holds that is a secret by its form, '' if nothing."""
    if not _HINT.search(text):
        return ""
    return next((what for what, form in _FORMS if form.search(text)), "")


def without_forms(text: str) -> str:
    """Return a text without what is a secret by its form."""
    if not _HINT.search(text):
        return text
    for _what, form in ((None, _KEY_BLOCK), *_FORMS):
        text = form.sub(REDACTED, text)
    return text


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return _NAME.search(name) is not None


def is_password(path: str, value: str) -> bool:
    """Whether a field named like a secret holds one, not the name of where it is."""
    name = path.rpartition(".")[2].partition("[")[0]
    if not _is_secret(name) or _NOT_SECRET.search(path):
        return False
    if not value.strip() or _ELSEWHERE.search(value):
        return False
    # `secretKey: password` names a key of a Secret more often than it is one.
    return not _AMBIGUOUS.search(name) or _RANDOM.fullmatch(value) is not None
