"""Templates that reshape fetched values into the Secret that an application expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import field

from kubestrata.core.errors import InvalidReference
from kubestrata.core.frozen import Frozen

# `{{ .password }}` and `{{ .password | b64enc }}`; `{{ index . "a-b" }}` is not checked here.
_USE = re.compile(r"\{\{-?\s*\.([A-Za-z_][A-Za-z0-9_]*)")


class SecretTemplate(Frozen):
    """Keys of the Secret as Go templates over the fetched ones, and its type and labels.

    `keeps` selects the keys of the Secret: `template` for those of `data` only, `all` for the
    fetched ones too (source: External Secrets' `mergePolicy`).
    """

    data: Mapping[str, str] = field(default_factory=dict[str, str])
    type: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    keeps: Literal["template", "all"] = "template"

    def keys_after(self, fetched: frozenset[str] | None) -> frozenset[str] | None:
        """Return the keys of the Secret; raises InvalidReference for a template's unknown key."""
        uses = [(key, used) for key, text in self.data.items() for used in _USE.findall(text)]
        for key, used in uses:
            if fetched is not None and used not in fetched:
                why = f"uses {used!r}, but the fetched keys are {', '.join(sorted(fetched))}"
                raise InvalidReference(f"template of key {key!r}", why)
        if not self.data:
            return fetched
        if self.keeps == "template":
            return frozenset(self.data)
        return None if fetched is None else fetched | frozenset(self.data)
