"""Keys of secret stores: those that are read, with the properties that consumers need.

An ExternalSecret that extracts a whole entry names no property: these are the keys that its
template, and the objects that use its Secret, read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.api_group import EXTERNAL_SECRETS
from kubestrata.rules.contract.requirement import Requirement, Use, use_of
from kubestrata.rules.contract.sort import PUSHED_KEY, STORE_KEY
from kubestrata.rules.field import mapping_at
from kubestrata.rules.link.secret_use import keys_read, secret_uses
from kubestrata.rules.strings import strings
from kubestrata.rules.subject import ClusterTree, Subject

_KIND = (EXTERNAL_SECRETS, "ExternalSecret")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FIELD = re.compile(r"(?<![\w.\"])\.([A-Za-z_]\w*)|\bindex\s+\.\s+\"([^\"]+)\"")


def store_keys(tree: ClusterTree, needs: Iterable[Requirement]) -> Iterator[Requirement]:
    """Yield needs, with the properties that consumers read, without keys that the tree pushes."""
    needs = list(needs)
    pushed = {(each.name, each.part) for each in needs if each.sort == PUSHED_KEY}
    extracting = {each.identity: dict(_read_of_whole(tree, each)) for each in tree.of_kind(*_KIND)}
    for need in needs:
        if need.sort != STORE_KEY:
            yield need
        elif not _is_pushed(need, pushed):
            yield need
            if need.use.path.endswith(".extract.key") and not need.part:
                for name, use in extracting.get(need.use.object, {}).items():
                    yield replace(need, part=name, use=use)


def _is_pushed(need: Requirement, pushed: set[tuple[str, str]]) -> bool:
    return (need.name, need.part) in pushed or (need.name, "") in pushed


def _read_of_whole(tree: ClusterTree, subject: Subject) -> Iterator[tuple[str, Use]]:
    """Yield the properties that are read of the one entry that an ExternalSecret extracts."""
    sources = [mapping(each) for each in sequence(subject.spec.get("dataFrom"))]
    if len(sources) != 1 or sources[0].get("rewrite"):
        return
    given = {str(mapping(each).get("secretKey")) for each in sequence(subject.spec.get("data"))}
    template = mapping_at(subject.manifest, "spec.target.template")
    for path, text in strings(template.get("data")):
        for field in _template_fields(text):
            if field not in given:
                yield field, use_of(subject, f"spec.target.template.data.{path}")
    made = mapping(template.get("data"))
    if made and template.get("mergePolicy") != "Merge":
        return
    target = mapping(subject.spec.get("target"))
    name = str(target.get("name") or subject.identity.name)
    secret = Identity("", "Secret", subject.namespace, name)
    for key, use in tree.once(_keys_read).get(secret, {}).items():
        if key not in given and key not in made:
            yield key, use


def _template_fields(text: str) -> Iterator[str]:
    for expression in _EXPRESSION.findall(text):
        for field, key in _FIELD.findall(expression):
            yield field or key


def _keys_read(tree: ClusterTree) -> Mapping[Identity, dict[str, Use]]:
    """Return the keys that are read of every Secret, with the first use of each."""
    found: dict[Identity, dict[str, Use]] = {}
    for use in secret_uses(tree):
        for path, key in keys_read(use):
            found.setdefault(use.identity, {}).setdefault(key, use_of(use.subject, path))
    return found
