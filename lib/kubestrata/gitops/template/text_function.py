"""Functions of ApplicationSet templates that work on text.

Their annotations are the types that Go accepts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from typing import Any

from kubestrata.core.json_value import is_sequence
from kubestrata.core.pattern import Pattern, PatternError
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.limit import refuse_length
from kubestrata.gitops.template.value import shown

_LONGEST_NAME, _LONGEST_SLUG = 253, 50
_NAME = re.compile(r"[^-a-z0-9.]")
_NOT_SLUG = re.compile(r"[^a-z0-9_-]")
_VERB = re.compile(r"%([-0]*)(\d{0,4})([a-zA-Z%])")


def normalize(text: str) -> str:
    """Return a name that Kubernetes accepts."""
    return _NAME.sub("-", text.lower())[:_LONGEST_NAME].strip("-.")


def _slugify(*arguments: Any) -> str:
    *options, name = arguments or ("",)
    longest = options[0] if options else _LONGEST_SLUG
    smart = options[1] if len(options) > 1 else True
    kinds = ((longest, int), (smart, bool), (name, str))
    if len(options) > 2 or not all(isinstance(value, kind) for value, kind in kinds):
        raise TemplateError("slugify takes a number, true or false, and a text")
    slug = normalize(name) if smart else normalize(name)[:longest]
    slug = re.sub("-+", "-", _NOT_SLUG.sub("-", slug)).strip("-_")
    if len(slug) > longest:
        cut = slug.rfind("-", 0, longest + 1)
        slug = slug[: cut if cut >= 0 else longest]
    return slug


def _lower(text: str) -> str:
    return text.lower()


def _upper(text: str) -> str:
    return text.upper()


def _trim(text: str) -> str:
    return text.strip()


def _trim_all(marks: str, text: str) -> str:
    return text.strip(marks)


def _trim_prefix(part: str, text: str) -> str:
    return text.removeprefix(part)


def _trim_suffix(part: str, text: str) -> str:
    return text.removesuffix(part)


def _trunc(length: int, text: str) -> str:
    raw = text.encode()
    part = raw[length:] if length < 0 else raw[:length]
    return part.decode(errors="replace") if abs(length) < len(raw) else text


def _nospace(text: str) -> str:
    return "".join(text.split())


def _contains(part: str, text: str) -> bool:
    return part in text


def _has_prefix(part: str, text: str) -> bool:
    return text.startswith(part)


def _has_suffix(part: str, text: str) -> bool:
    return text.endswith(part)


def _replace(old: str, new: str, text: str) -> str:
    refuse_length(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _repeat(count: int, text: str) -> str:
    refuse_length(count * len(text))
    return text * count


def _indent(count: int, text: str) -> str:
    lines = text.split("\n")
    refuse_length(len(text) + len(lines) * count)
    return "\n".join(f"{' ' * count}{line}" for line in lines)


def _nindent(count: int, text: str) -> str:
    return f"\n{_indent(count, text)}"


def _join(separator: str, value: Any) -> str:
    parts = value if is_sequence(value) else [value]
    refuse_length(len(separator) * len(parts))
    return separator.join(shown(each) for each in parts if each is not None)


def _split(separator: str, text: str) -> dict[str, Any]:
    return {f"_{index}": part for index, part in enumerate(_parts(separator, text))}


def _split_list(separator: str, text: str) -> list[Any]:
    return _parts(separator, text)


def _parts(separator: str, text: str) -> list[Any]:
    return text.split(separator) if separator else list(text)


def _quote(*values: Any) -> str:
    shown_values = (shown(each) for each in values if each is not None)
    return " ".join(json.dumps(each, ensure_ascii=False) for each in shown_values)


def _squote(*values: Any) -> str:
    return " ".join(f"'{shown(each)}'" for each in values if each is not None)


def _cat(*values: Any) -> str:
    return " ".join(shown(each) for each in values if each is not None)


def _to_string(value: Any) -> str:
    return shown(value, "<nil>")


def _print(*values: Any) -> str:
    text, last = "", None
    for index, each in enumerate(values):
        spaced = index and not isinstance(each, str) and not isinstance(last, str)
        text += f"{' ' if spaced else ''}{shown(each, '<nil>')}"
        last = each
    return text


def _printf(form: str, *values: Any) -> str:
    left = list(values)

    def written(found: re.Match[str]) -> str:
        flags, width, verb = found.groups()
        if verb == "%":
            return "%"
        if not left:
            raise NotEvaluatedError("printf has too few values")
        value = left.pop(0)
        if verb == "v" or (verb == "s" and isinstance(value, str)):
            text = shown(value, "<nil>")
        elif verb == "q" and isinstance(value, str):
            text = json.dumps(value, ensure_ascii=False)
        elif verb == "d" and isinstance(value, int) and not isinstance(value, bool):
            return f"%{flags}{width}d" % value
        else:
            raise NotEvaluatedError(f"printf of {shown(value)} with %{verb} is not evaluated here")
        return f"%{flags.replace('0', '')}{width}s" % text

    made = _VERB.sub(written, form)
    if left or "%" in _VERB.sub("", form):
        raise NotEvaluatedError("this format of printf is not evaluated here")
    return made


def _regex_match(pattern: str, text: str) -> bool:
    try:
        return Pattern(pattern).is_in(text)
    except PatternError:
        return False


def _regex_replace_all(pattern: str, text: str, by: str) -> str:
    if "$" in by:
        raise NotEvaluatedError("regexReplaceAll with a group is not evaluated here")
    return _regex_replace_all_literal(pattern, text, by)


def _regex_replace_all_literal(pattern: str, text: str, by: str) -> str:
    refuse_length((len(text) + 1) * (len(by) + 1))
    try:
        return Pattern(pattern).replaced(text, by)
    except PatternError as error:
        raise TemplateError(f"{pattern} is not a pattern: {error}") from None


def _base(path: str) -> str:
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")


def _dir(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path) or ".")


def _clean(path: str) -> str:
    return posixpath.normpath(path or ".")


def _ext(path: str) -> str:
    name = posixpath.basename(path)
    return f".{name.rpartition('.')[2]}" if "." in name else ""


def _b64enc(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _sha256sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


FUNCTIONS = (
    normalize,
    _slugify,
    _lower,
    _upper,
    _trim,
    _trim_all,
    _trim_prefix,
    _trim_suffix,
    _trunc,
    _nospace,
    _contains,
    _has_prefix,
    _has_suffix,
    _replace,
    _repeat,
    _indent,
    _nindent,
    _join,
    _split,
    _split_list,
    _quote,
    _squote,
    _cat,
    _to_string,
    _print,
    _printf,
    _regex_match,
    _regex_replace_all,
    _regex_replace_all_literal,
    _base,
    _dir,
    _clean,
    _ext,
    _b64enc,
    _sha256sum,
)
