"""Rule settings from cdk8s.yaml, below `kubestrata: check:` and `kubestrata: contract:`.

```yaml
kubestrata:
  check:
    profile: restricted          # or baseline
    severity: {P12: error}       # error, warning, note or off, by rule
    rules: rules                 # a module or package beside cdk8s.yaml
    untyped: [dns.example.org/Zone]
    kubernetes: {home: "1.34"}   # by cluster
    roots: [clusters/home]       # where the clusters of a plain tree begin
    provided:                    # what exists though the tree does not create it
      - gateway.networking.k8s.io
      - Secret flux-system/sops-age
    names: [{kinds: [Bucket], prefix: shop-}]
    labels: [{kinds: [Deployment], labels: [team]}]
    owners: [{annotation: owner, kinds: [Namespace], owners: [shop, data]}]
  contract:
    against:                     # what exists on the other side: paths beside cdk8s.yaml
      - store-keys.txt
      - {file: outputs.json, clusters: [home]}
```
"""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from msgspec import field
from msgspec.structs import replace

from kubestrata.core.errors import ConfigError
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.configured import naming_rule, owner_rule, required_labels_rule
from kubestrata.rules.contract.counterpart_file import read_counterparts
from kubestrata.rules.counterpart import Counterpart
from kubestrata.rules.engine import RENDERED
from kubestrata.rules.field import mapping_at
from kubestrata.rules.rule import PROFILES, Rule, ids_by_name
from kubestrata.rules.subject import ClusterTree, Unchecked
from kubestrata.rules.violation import Location, Severity

ENTRY_POINTS = "kubestrata.rules"
"""The entry point group in which distributions provide modules with RULES."""
_OFF = "off"
_CONFIGURED: Mapping[str, Callable[[Mapping[str, Any]], Rule]] = {
    "names": lambda one: naming_rule(_texts(one, "kinds"), str(one.get("prefix", ""))),
    "labels": lambda one: required_labels_rule(_texts(one, "labels"), _texts(one, "kinds")),
    "owners": lambda one: owner_rule(
        str(one.get("annotation", "")),
        _texts(one, "owners"),
        _texts(one, "kinds") or ("Namespace",),
    ),
}
_KNOWN = frozenset(
    {"kubernetes", "profile", "provided", "roots", "rules", "severity", "untyped", *_CONFIGURED}
)


class Settings(Frozen):
    """The selection of rules, their severities, and the kinds declared to have no schema."""

    profile: str = "baseline"
    severity: Mapping[str, str] = field(default_factory=dict[str, str])
    module: Path | None = None
    untyped: frozenset[tuple[str, str]] = frozenset()
    kubernetes: Mapping[str, str] = field(default_factory=dict[str, str])
    configured: tuple[Rule, ...] = ()
    roots: tuple[str, ...] = ()
    provided: frozenset[Identity] = frozenset()
    provided_groups: frozenset[str] = frozenset()
    require_charts: bool = False
    counterparts: tuple[Counterpart, ...] = ()

    def completed(self, facts: Settings) -> Settings:
        """Return the settings with the roots and provided objects of others added."""
        return replace(
            self,
            roots=self.roots or facts.roots,
            provided=self.provided | facts.provided,
            provided_groups=self.provided_groups | facts.provided_groups,
        )

    def settle(self, tree: ClusterTree) -> ClusterTree:
        """Return the tree with the settings of its cluster."""
        version = self.kubernetes.get(tree.name, tree.kubernetes)
        unchecked = [*tree.unchecked]
        if self.counterparts and not any(each.describes(tree.name) for each in self.counterparts):
            why = "no file of kubestrata.contract.against describes this cluster"
            unchecked.append(Unchecked(f"contract of {tree.name}", why, Location("cdk8s.yaml", 1)))
        return dataclasses.replace(
            tree,
            unchecked=unchecked,
            counterparts=(*tree.counterparts, *self.counterparts),
            kubernetes=version,
            untyped=self.untyped,
            external=tree.external | self.provided,
            given_groups=tree.given_groups | self.provided_groups,
        )

    def rules(self) -> list[Rule]:
        """Return the library's rules, installed ones and the team's own, with the settings applied.

        Raises ConfigError for a module that cannot be used and a duplicate rule id.
        """
        found = [*all_rules(), *_installed(), *_own(self.module)]
        if self.require_charts:
            found.append(RENDERED)
        _refuse_equal(found)
        severity = self._severity_by_id(ids_by_name((*found, *self.configured)))
        return [
            replace(
                rule,
                severity=Severity(severity.get(rule.id, rule.severity.value)),
                is_set=rule.id in severity,
            )
            for rule in (*found, *self.configured)
            if severity.get(rule.id) != _OFF
            and (rule.is_checked(self.profile) or rule.id in severity)
        ]

    def _severity_by_id(self, ids: Mapping[str, str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, level in sorted(self.severity.items()):
            if name not in ids:
                raise ConfigError("cdk8s.yaml", f"severity of {name}", "is not a valid rule id")
            if ids[name] in found:
                why, fix = "is set twice, by its former id too", f"keep {ids[name]}"
                raise ConfigError("cdk8s.yaml", f"severity of {ids[name]}", why, fix)
            found[ids[name]] = level
        return found


def read_settings(config: Mapping[str, Any], folder: Path) -> Settings:
    """Return the settings in cdk8s.yaml; raises ConfigError for invalid ones."""
    given = mapping_at(config, "kubestrata.check")
    for key in sorted(set(given) - _KNOWN):
        raise _refuse(key, "is not a valid setting", f"use one of {', '.join(sorted(_KNOWN))}")
    profile = str(given.get("profile", PROFILES[0]))
    if profile not in PROFILES:
        raise _refuse(
            f"profile: {profile}", "is not a valid profile", f"use one of {', '.join(PROFILES)}"
        )
    stated = mapping(given.get("severity")).items()
    # YAML reads a bare `off` as false.
    severity = {str(key): _OFF if value is False else str(value) for key, value in stated}
    levels = [_OFF, *(each.value for each in Severity)]
    for rule, level in severity.items():
        if level not in levels:
            raise _refuse(
                f"severity of {rule}: {level}",
                "is not a valid severity",
                f"use one of {', '.join(levels)}",
            )
    module = folder / str(given["rules"]) if "rules" in given else None
    untyped = frozenset(_kind(str(each)) for each in sequence(given.get("untyped")))
    versions = {str(key): str(each) for key, each in mapping(given.get("kubernetes")).items()}
    configured = tuple(
        make(mapping(one)) for key, make in _CONFIGURED.items() for one in sequence(given.get(key))
    )
    sides = tuple(_counterparts(config, folder))
    made = Settings(profile, severity, module, untyped, versions, configured, counterparts=sides)
    return made.completed(read_facts(config))


def _counterparts(config: Mapping[str, Any], folder: Path) -> Iterable[Counterpart]:
    given = mapping_at(config, "kubestrata.contract")
    for key in sorted(set(given) - {"against"}):
        raise _refuse_contract(key, "is not a valid setting", "use against")
    for each in sequence(given.get("against")):
        one = mapping(each) or {"file": each}
        file, clusters = one.get("file"), one.get("clusters", [])
        texts = [file, *sequence(clusters)]
        if set(one) - {"file", "clusters"} or not all(isinstance(text, str) for text in texts):
            fix = "write the path of a file, or {file: path, clusters: [name]}"
            raise _refuse_contract(f"against: {each}", "is not a file of the other side", fix)
        yield from read_counterparts(folder / str(file), _texts(one, "clusters"), str(file))


def _refuse_contract(what: str, why: str, fix: str) -> ConfigError:
    return ConfigError("cdk8s.yaml", f"kubestrata.contract: {what}", why, fix)


def read_facts(config: Mapping[str, Any]) -> Settings:
    """Return the roots and the provided objects; raises ConfigError for invalid ones."""
    given = mapping_at(config, "kubestrata.check")
    objects: set[Identity] = set()
    groups: set[str] = set()
    for each in _texts(given, "provided"):
        kind, _, name = each.partition(" ")
        if name:
            objects.add(_identity(each))
        elif "." in kind and "/" not in kind:
            groups.add(kind)
        else:
            fix = "write an API group, or an object as messages do: Secret flux-system/sops-age"
            raise _refuse(f"provided: {each}", "is neither a group nor an object", fix)
    return Settings(
        roots=tuple(_texts(given, "roots")),
        provided=frozenset(objects),
        provided_groups=frozenset(groups),
    )


def _identity(text: str) -> Identity:
    """Return the identity of an object as messages write it: `Secret flux-system/sops-age`."""
    of, _, home = text.partition(" ")
    kind, _, group = of.partition(".")
    namespace, _, name = home.strip().rpartition("/")
    return Identity(group, kind, namespace, name)


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    return [str(each) for each in sequence(entry.get(key))]


def _refuse(what: str, why: str, fix: str) -> ConfigError:
    return ConfigError("cdk8s.yaml", f"kubestrata.check: {what}", why, fix)


def _kind(text: str) -> tuple[str, str]:
    group, _, kind = text.rpartition("/")
    return group, kind


def _of(module: object) -> Sequence[Rule]:
    return [rule for rule in getattr(module, "RULES", ()) if isinstance(rule, Rule)]


def _installed() -> Iterable[Rule]:
    for point in entry_points(group=ENTRY_POINTS):
        yield from _of(point.load())


@cache
def _own(path: Path | None) -> tuple[Rule, ...]:
    """Return the rules of a module, or of a package's modules, beside cdk8s.yaml; it runs once."""
    if path is None:
        return ()
    files = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    if not files or not all(file.is_file() for file in files):
        raise _refuse(
            f"rules: {path.name}", "is not a Python module", "name a Python file or a folder"
        )
    found: list[Rule] = []
    for file in files:
        name = f"kubestrata_rules_{path.name}_{file.stem}"
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        found += _of(module)
    if not found:
        fix = "assign the rules to RULES, a tuple of Rule"
        raise _refuse(f"rules: {path.name}", "defines no rule", fix)
    return tuple(found)


def _refuse_equal(rules: Iterable[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        for name in (rule.id, *rule.aliases):
            if name in seen:
                raise ConfigError("rules", f"rule {name}", "is declared twice", "use another id")
            seen.add(name)
