"""Hypothesis strategies for declarations: containers, scaling, databases, topics.

`declarations(Scaling)` draws valid values of every field of the type, and of the types inside it;
values that contradict each other are not drawn.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import string
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    TypeGuard,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Meta

from kubestrata.constructs.data import CnpgSchedule
from kubestrata.constructs.network import Pods
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import SourceError
from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.port import Port
from kubestrata.core.value.quantity import Quantity
from kubestrata.testing.extra import MissingExtra

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtra("hypothesis", __name__) from error

_Declared = TypeVar("_Declared")

_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits


def _words(first: str, rest: str) -> st.SearchStrategy[str]:
    """Return a strategy for words of up to ten characters, drawn faster than from a pattern."""
    return st.tuples(st.sampled_from(first), st.text(rest, max_size=9)).map("".join)


_LABEL = _words(_LOWER, f"{_LOWER}{_DIGITS}-").map(lambda word: word.rstrip("-"))
_MINUTES = st.integers(0, 59)


def quantities(*, least: int = 1, most: int = 64) -> st.SearchStrategy[Quantity]:
    """Return a strategy for amounts of CPU, memory or storage, without zero and negative ones."""
    units = st.sampled_from(["", "m", "Mi", "Gi"])
    return st.tuples(st.integers(max(least, 1), most), units).map(
        lambda parts: Quantity(f"{parts[0]}{parts[1]}")
    )


def durations() -> st.SearchStrategy[Duration]:
    """Return a strategy for durations up to some days."""
    units = st.sampled_from(["s", "m", "h"])
    plain = st.tuples(_MINUTES, units).map(lambda parts: Duration(f"{parts[0]}{parts[1]}"))
    return plain | st.sampled_from(["1h30m", "500ms", "1.5h"]).map(Duration)


def hosts(domain: str = "example.com") -> st.SearchStrategy[Host]:
    """Return a strategy for hosts below a domain, the domain itself and its wildcard."""
    below = _LABEL.map(lambda label: Host(f"{label}.{domain}"))
    return st.sampled_from([Host(domain), Host(f"*.{domain}")]) | below


def images() -> st.SearchStrategy[Image]:
    """Return a strategy for pinned images, by tag or digest."""
    digests = st.text("0123456789abcdef", min_size=64, max_size=64)
    numbers = st.tuples(*[st.integers(0, 20)] * 3).map(lambda parts: ".".join(map(str, parts)))
    pins = numbers.map(lambda tag: f":{tag}") | digests.map(lambda text: f"@sha256:{text}")
    return st.tuples(_LABEL, pins).map(
        lambda parts: Image(f"registry.example.com/{parts[0]}{parts[1]}")
    )


def schedules() -> st.SearchStrategy[Cron]:
    """Return a strategy for schedules of CronJobs."""
    daily = st.tuples(_MINUTES, st.sampled_from(["*", "mon", "0,6", "1-5"])).map(
        lambda parts: Cron(f"{parts[0]} 3 * * {parts[1]}")
    )
    return daily | st.sampled_from(["@daily", "@every 90m", "*/5 8-18 * * mon-fri"]).map(Cron)


_VALUES: Mapping[type, Callable[[], st.SearchStrategy[Any]]] = {
    CnpgSchedule: lambda: st.sampled_from(["0 0 2 * * *", "30 */5 8-18 * * mon"]).map(CnpgSchedule),
    Cron: schedules,
    Duration: durations,
    Host: hosts,
    Image: images,
    Pods: lambda: st.builds(Pods, _LABEL, _LABEL, st.dictionaries(_LABEL, _LABEL, max_size=2)),
    Port: lambda: st.integers(1, 65535).map(Port),
    Quantity: quantities,
}
"""Strategies of text values and numbers with rules of their own."""

_VARIABLE = _words(_UPPER, f"{_UPPER}{_DIGITS}_")
_PATH = _LABEL.map(lambda label: f"/srv/{label}/file")
_FOLDER = _LABEL.map(lambda label: f"/var/{label}")
_PORT = _words(_LOWER, _LOWER + _DIGITS).filter(lambda name: name != "http")
_KEYS: Mapping[str, st.SearchStrategy[str]] = {
    **dict.fromkeys(
        (
            "config",
            "env",
            "env_from_config_maps",
            "env_from_fields",
            "env_from_secrets",
            "env_from_store",
        ),
        _VARIABLE,
    ),
    **dict.fromkeys(("files", "files_from_secrets"), _PATH),
    **dict.fromkeys(("annotations", "labels", "nodes", "one_of", "preferred", "selector"), _LABEL),
    **dict.fromkeys(("containers", "init_containers", "sidecars", "volumes"), _LABEL),
    "ports": _PORT,
    "secrets_from_store": _LABEL,
    "writable": _FOLDER,
}
"""Keys of mappings by the name of the field: names of variables, paths, ports."""
_ADDRESS = st.integers(1, 254).map(lambda number: f"10.0.0.{number}")
_DISK = _LABEL.map(lambda label: f"/dev/disk/by-id/{label}")
_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "disks": st.lists(_DISK, min_size=1, max_size=2, unique=True),
    "env_from_fields": st.dictionaries(
        _VARIABLE,
        st.sampled_from(["metadata.labels['a']", "metadata.name", "status.podIP"]),
        max_size=2,
    ),
    "expires": st.dates().map(str),
    "hostname": _LABEL,
    "nameservers": st.lists(_ADDRESS, max_size=2),
    "searches": st.lists(_LABEL, max_size=2),
}
"""Values by the name of the field, where texts have a syntax of their own."""
_LABELS = ("annotations", "labels", "nodes", "selector")


_ALPHABET = st.characters(codec="ascii", exclude_categories=["Cc"])
_LETTERS = "abcXYZ-09 "


def declarations(
    kind: type[_Declared], *, without: Mapping[type, Collection[str]] | None = None
) -> st.SearchStrategy[_Declared]:
    """Return a strategy for a declaration, or for a dataclass of declarations.

    Fields that only Python objects can fill, such as references, keep their defaults, and so do
    those in `without`, by the type that has them. Raises TypeError if such a field has none.
    """
    drawing = _Drawing(without) if without else _WHOLE
    found: st.SearchStrategy[_Declared] = drawing.object(kind)
    return found


def _fields(kind: type[Any]) -> Iterator[tuple[str, Any, bool]]:
    """Yield name and type of each field, and True if it has no default."""
    if issubclass(kind, msgspec.Struct):
        for each in msgspec.structs.fields(kind):
            yield each.name, each.type, each.required
        return
    hints = get_type_hints(kind, include_extras=True)
    for one in dataclasses.fields(kind):
        missing = dataclasses.MISSING
        has_none = one.default is missing and one.default_factory is missing
        yield one.name, hints[one.name], has_none


def _bare(hint: Any) -> tuple[Any, Meta]:
    """Return a type without annotations, and its limits."""
    if get_origin(hint) is not Annotated:
        return hint, Meta()
    inner, *notes = get_args(hint)
    bare, meta = _bare(inner)
    for note in notes:
        if isinstance(note, Meta):
            given = {key: each for key in _LIMITS if (each := getattr(note, key)) is not None}
            meta = Meta(**{**_limits(meta), **given})
    return bare, meta


_LIMITS = ("ge", "gt", "le", "lt", "max_length", "min_length", "pattern")
_MAPPINGS = (collections.abc.Mapping, dict)
_SEQUENCES = (collections.abc.Sequence, list, tuple)


def _limits(meta: Meta) -> dict[str, Any]:
    return {key: each for key in _LIMITS if (each := getattr(meta, key)) is not None}


def _is_declaration(hint: Any) -> TypeGuard[type[Declaration]]:
    return isinstance(hint, type) and issubclass(hint, Declaration)


def _integers(meta: Meta) -> st.SearchStrategy[int]:
    low = meta.ge if meta.gt is None else meta.gt + 1
    high = meta.le if meta.lt is None else meta.lt - 1
    return st.integers(-99 if low is None else int(low), 9999 if high is None else int(high))


def _floats(meta: Meta) -> st.SearchStrategy[float]:
    """Draw quarters: they are written as a person writes them, without an exponent."""
    low = 0.0 if meta.ge is None else float(meta.ge)
    high = low + 9.5 if meta.le is None else float(meta.le)
    return st.integers(0, int((high - low) * 4)).map(lambda count: low + count / 4)


def _texts(meta: Meta) -> st.SearchStrategy[str]:
    least, most = meta.min_length or 0, meta.max_length or 999
    if meta.pattern is None:
        return st.text(alphabet=_LETTERS, min_size=least, max_size=min(most, least + 9))
    matching = st.from_regex(meta.pattern.replace("$", r"\Z"), alphabet=_ALPHABET)
    return matching.filter(lambda text: least <= len(text) <= most)


_SCALARS: Mapping[Any, Callable[[Meta], st.SearchStrategy[Any]]] = {
    Any: lambda _: st.text(alphabet=_LETTERS, max_size=12),
    None: lambda _: st.none(),
    NoneType: lambda _: st.none(),
    bool: lambda _: st.booleans(),
    float: _floats,
    int: _integers,
    str: _texts,
}


# Hypothesis prepares a strategy when it first draws from it, so equal ones are shared.
@cache
def _value(kind: type) -> st.SearchStrategy[Any]:
    return _VALUES[kind]()


@cache
def _scalar(kind: Any, meta: Meta) -> st.SearchStrategy[Any]:
    return _SCALARS[kind](meta)


@dataclasses.dataclass(frozen=True, slots=True)
class _Drawing:
    """Strategies by type, without some fields; None is for objects of Python."""

    without: Mapping[type, Collection[str]]
    known: dict[type, st.SearchStrategy[Any]] = dataclasses.field(
        default_factory=dict[type, st.SearchStrategy[Any]]
    )

    def object(self, kind: type[Any]) -> st.SearchStrategy[Any]:
        if kind not in self.known:
            self.known[kind] = self._new_object(kind)
        return self.known[kind]

    def _new_object(self, kind: type[Any]) -> st.SearchStrategy[Any]:
        left_out = {name for base in kind.__mro__ for name in self.without.get(base, ())}
        required: dict[str, st.SearchStrategy[Any]] = {}
        optional: dict[str, st.SearchStrategy[Any]] = {}
        for name, hint, is_required in _fields(kind):
            drawn = None if name in left_out else self.field(name, hint)
            if drawn is not None:
                (required if is_required else optional)[name] = drawn
            elif is_required:
                raise TypeError(f"{kind.__name__}.{name}: no strategy for {hint}")

        def made(values: dict[str, Any]) -> Any:
            try:
                return kind(**values)
            except SourceError:
                return None

        drawn_objects = st.fixed_dictionaries(required, optional=optional).map(made)
        return drawn_objects.filter(lambda value: value is not None)

    def field(self, name: str, hint: Any) -> st.SearchStrategy[Any] | None:
        bare, meta = _bare(hint)
        if name in _FIELDS and bare in (str, str | None, Mapping[str, str], Sequence[str]):
            return _FIELDS[name]
        if get_origin(bare) in _MAPPINGS and name in _KEYS:
            values = _LABEL if name in _LABELS else None
            return self.mapping(bare, meta, _KEYS[name], values)
        return self.of(hint)

    def of(self, hint: Any) -> st.SearchStrategy[Any] | None:
        bare, meta = _bare(hint)
        origin = get_origin(bare)
        if origin is Literal:
            return st.sampled_from(get_args(bare))
        if origin in (Union, UnionType):
            drawn = [each for one in get_args(bare) if (each := self.of(one)) is not None]
            return st.one_of(drawn) if drawn else None
        if origin in _MAPPINGS:
            return self.mapping(bare, meta)
        if origin in _SEQUENCES:
            return self.sequence(bare, meta)
        if bare in _VALUES:
            return _value(bare)
        if bare in _SCALARS:
            return _scalar(bare, meta)
        return self.nested(bare) if _is_declaration(bare) else None

    def nested(self, kind: type[Any]) -> st.SearchStrategy[Any] | None:
        try:
            return self.object(kind)
        except TypeError:
            return None

    def sequence(self, bare: Any, meta: Meta) -> st.SearchStrategy[Any] | None:
        items = self.of(get_args(bare)[0])
        if items is None:
            return None
        least = meta.min_length or 0
        return st.lists(items, min_size=least, max_size=min(meta.max_length or 999, least + 2))

    def mapping(
        self,
        bare: Any,
        meta: Meta,
        keys: st.SearchStrategy[Any] | None = None,
        values: st.SearchStrategy[Any] | None = None,
    ) -> st.SearchStrategy[Any] | None:
        key, value = get_args(bare)
        named = self.of(key) if keys is None else keys
        values = self.of(value) if values is None else values
        if named is None or values is None:
            return None
        least = meta.min_length or 0
        return st.dictionaries(named, values, min_size=least, max_size=least + 2)


_WHOLE = _Drawing({})
