"""Values of Secrets that are ordinary words: replacing them would only make messages unreadable.

A value is a word if it has only letters, with punctuation around it. It stays readable if it is a
common word of configuration, a word of the names in the tree, or the value of a key that is public
by its name. Anything with digits or mixed case is never a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.core.secret_field import is_secret_name

_WORD = re.compile(r"[\W_]*((?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_. ](?:[A-Z]?[a-z]+|[A-Z]+)){0,3})[\W_]*")
_PART = re.compile(r"[A-Za-z]+")
_PUBLIC_KEY = re.compile(
    r"(?:^|[-_.])(?:bucket|database|db|dbname|driver|email|endpoint|engine|env|environment|host"
    r"|hostname|login|mode|name|namespace|org|organization|owner|project|realm|region|scheme|server"
    r"|site|sslmode|type|tz|timezone|user|username|userid|zone)$",
    re.IGNORECASE,
)
_COMMON_WORDS = """
access account action active address admin administrator advanced always analytics anonymous
another application applications authentication authorization automatic available backup bearer
before between bitwarden boolean bootstrap branch bucket capabilities certificate change changed
changeme client cluster command common config configuration connection container content
controller cookie create created critical custom dashboard database debug default delete
deployment developer development directory disable disabled document domain dummy editor element
email empty enable enabled encrypt encrypted encryption endpoint engine environment error event
everyone example exists external failed false feature field filter folder foobar forbidden format
forward gateway general generate generated generic github gitlab global google grafana group guest
handler header health hidden history homepage hostname ignore image immutable import index
information ingress initial inject input install integer internal interval invalid issuer keycloak
keys kubernetes label latest layout level library limit listen listener loading local localhost
location locked logger login manager manifest master member memory message metadata method metric
metrics minimal missing module monitor monitoring mysql names namespace network nothing
notification number object offline opaque operator option optional options oracle other output
override owner package parent password passwords pattern payload pending permission person
placeholder platform plugin policy port postgres postgresql prefix primary private process
producer production profile program project prometheus property protected protocol provider proxy
public query random readonly readwrite realm record redis region register registry release remote
replace replica repository request required resource response restricted result return revision
router runner running sample scheduler schema scope script search secret secrets section secure
security select server service services session setting settings shared should simple single
source stable staging standard start state static status storage string subject success support
suspend system target template tenant testing texts theme timeout title token tracing traefik
trusted undefined unknown unused update upload username users value values variable vault verify
version viewer virtual volume warning webhook website wizard worker workspace
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words of configuration files, and values that stand for none."""


class Vocabulary:
    """The words of the names in a tree: of objects, kinds and fields.

    Few texts are asked for, and often none: the objects are read when the first one is.
    """

    def __init__(self) -> None:
        self._words: set[str] = set(_COMMON)
        self._unread: list[Mapping[str, Any]] = []

    def add(self, manifest: Mapping[str, Any]) -> None:
        """Add the words of an object."""
        self._unread.append(manifest)

    def _known(self) -> set[str]:
        names: set[object] = set()
        while self._unread:
            manifest = self._unread.pop()
            metadata = mapping(manifest.get("metadata"))
            named = (metadata.get("name"), metadata.get("namespace"), manifest.get("kind"))
            names.update(_keys(manifest), filter(_is_text, named))
        for name in filter(_is_text, names):
            self._words.update(map(str.lower, _PART.findall(str(name))))
        return self._words

    def holds(self, key: str, text: str) -> bool:
        """Return True if the value of a key is made of ordinary words."""
        found = _WORD.fullmatch(text)
        if found is None:
            return False
        if _PUBLIC_KEY.search(key) and not is_secret_name(key):
            return True
        known = _COMMON if is_secret_name(key) else self._known()
        return all(part.lower() in known for part in _PART.findall(found[1]))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _keys(value: Any) -> Iterator[str]:
    """Yield the names of all fields; a broken Secret may have a value as a key of several words."""
    pending = [value]
    while pending:
        part = pending.pop()
        if is_mapping(part):
            yield from (key for key in part if " " not in str(key))
            pending += part.values()
        else:
            pending += sequence(part)
