"""Variables of Kustomizations: their names where all are known, and their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kubestrata.core.envsubst import UNKNOWN, VARIABLE_NAME, Lookup
from kubestrata.core.identity import Identity, group_of
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.knowledge import knowledge
from kubestrata.rules.subject import ClusterTree, Subject, Unit

_ALWAYS = "Always"


def variables_of(
    tree: ClusterTree, declared: Iterable[str] | None = None
) -> dict[Identity, frozenset[str]]:
    """Return the variable names of the Kustomizations for which all are known.

    `declared` are the keys of sources outside of the tree, if they are declared.
    """
    outside = None if declared is None else frozenset(declared)
    found: dict[Identity, frozenset[str]] = {}
    for unit in tree.units.values():
        names = _names(tree, unit, outside)
        if names is not None:
            found[unit.identity] = names
    return found


def _names(tree: ClusterTree, unit: Unit, outside: frozenset[str] | None) -> frozenset[str] | None:
    build = mapping(unit.subject.spec.get("postBuild"))
    names = frozenset(mapping(build.get("substitute")))
    for identity in _sources(unit.subject):
        source = tree.by_identity.get(identity)
        if source is not None:
            names |= frozenset(key for _, key, _ in _entries(source))
        elif outside is None:
            return None
        else:
            names |= outside
    return names


def _sources(unit: Subject) -> Iterator[Identity]:
    """Yield the ConfigMaps and Secrets from which a Kustomization substitutes."""
    yield from (identity for identity, _ in _sources_of(unit))


def _sources_of(unit: Subject) -> Iterator[tuple[Identity, bool]]:
    """Yield the sources of a Kustomization's variables, with True for those it can do without."""
    build = mapping(unit.spec.get("postBuild"))
    for entry in map(mapping, sequence(build.get("substituteFrom"))):
        kind, name = str(entry.get("kind", "")), str(entry.get("name", ""))
        yield Identity("", kind, unit.namespace, name), entry.get("optional") is True


def made_names(manifests: Iterable[Manifest]) -> frozenset[str]:
    """Return the names of the Secrets that controllers make of some objects."""
    return frozenset(name for each in manifests for name in _made_names(each))


def _made_names(manifest: Manifest) -> Iterator[str]:
    kind, group = str(manifest.get("kind")), group_of(str(manifest.get("apiVersion")))
    # Most kinds of which Secrets are made have the word in their names.
    if "." not in group or not ("Secret" in kind or (group, kind) in knowledge().namesakes):
        return
    spec = mapping(manifest.get("spec"))
    for key in ("target", "destination"):
        if name := mapping(spec.get(key)).get("name"):
            yield str(name)
    yield str(mapping(manifest.get("metadata")).get("name"))


def _entries(source: Subject) -> Iterator[tuple[str, str, str | None]]:
    """Yield path, key and value of a source's variables; a secret or encrypted value is None."""
    for part in ("data", "stringData"):
        for key, value in mapping(source.manifest.get(part)).items():
            known = isinstance(value, str) and not source.is_secret and not source.encrypted
            yield f"{part}.{key}", str(key), value if known else None


@dataclass
class Known:
    """The values of variables in the sources that were read.

    `earlier` are the objects of a reading before this one: a source may be read after the objects
    in which it is substituted. `missed` are the sources that were not found; `made` are the names
    of Secrets that controllers make.
    """

    earlier: Mapping[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    made: frozenset[str] = frozenset()
    missed: set[Identity] = field(default_factory=set[Identity])
    _made: dict[Identity, Lookup | None] = field(default_factory=dict[Identity, Lookup | None])

    def lookup(self, unit: Subject, read: Mapping[Identity, Subject]) -> Lookup | None:
        """Return the values for a Kustomization's objects, None if it does not substitute."""
        if unit.identity not in self._made:
            self._made[unit.identity] = self._lookup(unit, read)
        return self._made[unit.identity]

    def _lookup(self, unit: Subject, read: Mapping[Identity, Subject]) -> Lookup | None:
        build = unit.spec.get("postBuild")
        if not is_mapping(build):
            return None
        values: dict[str, str | None] = {}
        sources = list(_sources_of(unit))
        is_open = False
        for identity, is_optional in sources:
            source = read.get(identity) or self.earlier.get(identity)
            if source is None:
                self.missed.add(identity)
                if not is_optional or identity.name in self.made:
                    values = dict.fromkeys(values)  # its values take precedence
                    is_open = True
                continue
            values |= {key: value for _, key, value in _entries(source)}
        values |= {key: str(each) for key, each in mapping(build.get("substitute")).items()}
        if not values and not sources and build.get("substituteStrategy") != _ALWAYS:
            return None
        flat = {
            key: UNKNOWN if value is None or "${" in value else value.replace("\n", "")
            for key, value in values.items()
        }
        others = UNKNOWN if is_open else None
        return lambda name: flat.get(name, others)

    def invalid_names(
        self, unit: Subject, read: Mapping[Identity, Subject]
    ) -> Iterator[tuple[str, str, Subject]]:
        """Yield path, name and object of variables that Flux refuses."""
        for name in mapping(mapping(unit.spec.get("postBuild")).get("substitute")):
            if not VARIABLE_NAME.match(str(name)):
                yield f"spec.postBuild.substitute.{name}", str(name), unit
        for identity in _sources(unit):
            source = read.get(identity) or self.earlier.get(identity)
            if source is None:
                continue
            for path, name, _ in _entries(source):
                if not VARIABLE_NAME.match(name):
                    yield path, name, source
