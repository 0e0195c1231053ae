"""The older templates of ApplicationSets, in which `{{name}}` is the name of a parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def filled(text: str, parameters: Mapping[str, Any]) -> str:
    """Return a text with the parameters that are text; any other name stays as it is."""

    def value(found: re.Match[str]) -> str:
        text = parameters.get(found[1].strip())
        return text if isinstance(text, str) else found[0]

    return _TAG.sub(value, text)
