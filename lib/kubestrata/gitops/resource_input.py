"""Inputs of a ResourceSet, as far as they are known without the cluster.

Source: internal/inputs of the Flux Operator. Every input set also says where it is from.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeAlias

from kubestrata.core.json_value import mapping, sequence
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import Subject

Inputs: TypeAlias = dict[str, Any]
PROVIDER = "ResourceSetInputProvider"
_STATIC = "Static"
_UNKNOWN_ID = "${id}"
"""The identifier of a static set of inputs depends on the UID of the provider."""
_MOST = 10_000
"""The permutations that the operator accepts."""


def inputs_of(subject: Subject, providers: Iterable[Subject]) -> list[Inputs] | None:
    """Return the input sets of a ResourceSet; None if it has none, and is built once without.

    `providers` are those of the cluster. Raises NotEvaluatedError for what only the cluster knows,
    and TemplateError for what the operator refuses too.
    """
    used = _used(subject, providers)
    several = [(subject, _own(subject)), *((each, _exported(each)) for each in used)]
    strategy = mapping(subject.spec.get("inputStrategy"))
    if strategy.get("name") == "Permute":
        keeps_empty = strategy.get("includeEmptyProviders") is True
        found = list(_permuted([each for each in several if each[1] or keeps_empty]))
    else:
        found = [each for _, sets in several for each in sets]
    return found if found or sequence(subject.spec.get("inputsFrom")) else None


def _used(subject: Subject, providers: Iterable[Subject]) -> list[Subject]:
    """Return the providers that a set names or selects, in the order of the operator."""
    near = [each for each in providers if each.namespace == subject.namespace]
    found: dict[str, Subject] = {}
    for reference in map(mapping, sequence(subject.spec.get("inputsFrom"))):
        name, selector = str(reference.get("name") or ""), mapping(reference.get("selector"))
        chosen = [
            each
            for each in near
            if (each.identity.name == name if name else selects(selector, each.labels))
        ]
        if not chosen:
            what = f"the input provider {name}" if name else "an input provider"
            raise NotEvaluatedError(f"{what} is not in the tree")
        found |= {each.identity.name: each for each in chosen}
    return [found[name] for name in sorted(found)]


def _own(subject: Subject) -> list[Inputs]:
    return [_with_origin(subject, mapping(each)) for each in sequence(subject.spec.get("inputs"))]


def _exported(provider: Subject) -> list[Inputs]:
    kind = str(provider.spec.get("type"))
    if kind != _STATIC:
        name = provider.identity.name
        raise NotEvaluatedError(f"the input provider {name} reads {kind}, outside of the tree")
    known = mapping(provider.spec.get("defaultValues"))
    return [_with_origin(provider, {**known, "id": _UNKNOWN_ID})]


def _with_origin(source: Subject, inputs: Mapping[str, Any]) -> Inputs:
    origin = {
        "apiVersion": str(source.manifest.get("apiVersion")),
        "kind": source.identity.kind,
        "name": source.identity.name,
        "namespace": source.namespace,
    }
    return {**inputs, "provider": origin}


def _permuted(several: list[tuple[Subject, list[Inputs]]]) -> Iterator[Inputs]:
    """Yield every combination of one input set of each provider, each below its name."""
    names = [_normalized(each.identity.name) for each, _ in several]
    count = 1 if several else 0
    for _, sets in several:
        count *= len(sets)
    if count > _MOST:
        raise TemplateError(f"the inputs have {count} permutations; {_MOST} are allowed")
    for chosen in product(*(enumerate(sets) for _, sets in several)) if several else ():
        text = "/".join(f"{name}={index}" for name, (index, _) in zip(names, chosen, strict=True))
        made = {name: inputs for name, (_, inputs) in zip(names, chosen, strict=True)}
        yield {**made, "id": str(zlib.adler32(text.encode()))}


def _normalized(name: str) -> str:
    """Return a name of an object as templates use it: `my-app` is `my_app`."""
    return "_".join(part for part in re.split(r"[^a-z0-9]+", name.lower()) if part)
