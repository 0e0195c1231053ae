"""ResourceSets of the Flux Operator: the objects that it makes of their templates.

What depends on the cluster, such as inputs that a provider reads elsewhere, is noted as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest, is_list, is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.document import TreeDocument, is_object, read
from kubestrata.gitops.rendered import BuiltFolder
from kubestrata.gitops.resource_input import Inputs, inputs_of
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.evaluation import evaluated
from kubestrata.gitops.template.limit import Budget
from kubestrata.gitops.template.operator import dialect
from kubestrata.rules.api_group import FLUX_OPERATOR
from kubestrata.rules.subject import Subject, Unchecked

KIND = (FLUX_OPERATOR, "ResourceSet")
_EXPRESSION = "<<"
_OFF = ("fluxcd.controlplane.io/reconcile", "disabled")
_QUOTED = re.compile(r"""^[\s#,\[\]{}&*!|>'"%@`]|^[-?:](\s|$)|:(\s|$)|\s#|\s$|\n""")
"""Texts that are written in quotes, so that what fills them in stays text."""


def rendered(subject: Subject, providers: Iterable[Subject]) -> BuiltFolder:
    """Return the objects of a ResourceSet, at its line; `providers` are those of the cluster."""
    made = _Made(subject)
    parts = [("spec", subject.spec)]
    steps = enumerate(map(mapping, sequence(subject.spec.get("steps"))))
    parts += [(f"spec.steps[{index}]", step) for index, step in steps]
    if str(subject.annotations.get(_OFF[0], "")).lower() == _OFF[1]:
        return made.result
    try:
        several = inputs_of(subject, providers) if any(map(_has_expression, parts)) else None
    except TemplateError as error:
        made.fault("spec.inputs", str(error))
        return made.result
    except NotEvaluatedError as error:
        for at, part in parts:
            made.take_plain(at, part, str(error))
        return made.result
    for at, part in parts:
        for inputs in [None] if several is None else several:
            made.take(at, part, inputs)
    return made.result


def _has_expression(part: tuple[str, Mapping[str, Any]]) -> bool:
    return any(_is_template(part[1].get(key)) for key in ("resources", "resourcesTemplate"))


@dataclass
class _Made:
    """The objects of one ResourceSet."""

    subject: Subject
    result: BuiltFolder = field(default_factory=lambda: BuiltFolder([], set(), complete=True))
    _budget: Budget = field(default_factory=Budget)
    _known: set[object] = field(default_factory=set[object])

    def take(self, at: str, part: Mapping[str, Any], inputs: Inputs | None) -> None:
        """Add the objects of one set of inputs."""
        for index, each in enumerate(sequence(part.get("resources"))):
            where = f"{at}.resources[{index}]"
            if is_mapping(each):
                found = self._filled(where, partial(self._value, each, inputs))
                if is_mapping(found):
                    self._add(found, where)
        if isinstance(text := part.get("resourcesTemplate"), str):
            where = f"{at}.resourcesTemplate"
            self._documents(self._filled(where, partial(self._text, text, inputs)), where)

    def take_plain(self, at: str, part: Mapping[str, Any], why: str) -> None:
        """Add the objects without expressions; the others are noted, with a reason."""
        for index, each in enumerate(sequence(part.get("resources"))):
            if not is_mapping(each):
                continue
            if _is_template(each):
                self._note(f"{identity_of(each)} of", why)
            else:
                self._add(each, f"{at}.resources[{index}]")
        text, where = part.get("resourcesTemplate"), f"{at}.resourcesTemplate"
        if _is_template(text):
            self._note("resourcesTemplate of", why)
        elif isinstance(text, str):
            self._documents(text, where)

    def fault(self, where: str, why: str) -> None:
        """Add a problem, once for all inputs."""
        found = self.subject.finding(where, why)
        self.result.faults += [] if found in self.result.faults else [found]
        self.result.complete = False

    def _note(self, what: str, why: str) -> None:
        note = Unchecked(f"{what} {self.subject.identity}", why, self.subject.place)
        self.result.unchecked += [] if note in self.result.unchecked else [note]
        self.result.complete = False

    def _filled(self, where: str, fill: Callable[[], Any]) -> Any:
        """Return what a template makes, None with a note or a problem if it makes nothing."""
        try:
            return fill()
        except TemplateError as error:
            self.fault(where, f"the template fails: {error}")
        except YamlSyntaxError as error:
            self.fault(where, f"the template makes no YAML: {error.what}: {error.why}")
        except NotEvaluatedError as error:
            self._note(f"{where.removeprefix('spec.')} of", str(error))
        return None

    def _text(self, text: str, inputs: Inputs | None) -> str:
        return evaluated(text, {}, strict=True, budget=self._budget, dialect=dialect(inputs))

    def _value(self, value: Any, inputs: Inputs | None) -> Any:
        """Return a value with its templates filled in; what is not quoted is read as YAML."""
        if isinstance(value, str):
            if _EXPRESSION not in value:
                return value
            text = self._text(value, inputs)
            return text if _QUOTED.search(value) else _plain(text)
        if is_mapping(value):
            return {
                str(self._value(key, inputs)): self._value(part, inputs)
                for key, part in value.items()
            }
        return [self._value(part, inputs) for part in value] if is_list(value) else value

    def _documents(self, text: str | None, where: str) -> None:
        if text is None:
            return
        reading = read(text, self.subject.place.file, kustomized=False)
        for each in reading.faults:
            self.fault(where, each.message)
        for document in reading.documents:
            self._add(document.manifest, where)

    def _add(self, manifest: Manifest, where: str) -> None:
        """Add an object, unless one of the same name is there or it is switched off."""
        if not is_object(manifest):
            self.fault(where, "has no apiVersion, kind or name that is text")
            return
        notes = mapping(mapping(manifest.get("metadata")).get("annotations"))
        identity = identity_of(manifest)
        if notes.get(_OFF[0]) != _OFF[1] and identity not in self._known:
            self._known.add(identity)
            place = self.subject.place
            self.result.documents.append(TreeDocument(_marked(self.subject, manifest), place))


def _plain(text: str) -> Any:
    """Return the value of a text that is not quoted."""
    values: list[Any] = load_all(f"value: {text}", "the template")
    return mapping(values[0]).get("value") if values else None


def _is_template(value: object) -> bool:
    """Return True if a text or key in a value is a template expression."""
    return any(_EXPRESSION in text for text in _texts(value))


def _texts(value: object) -> Iterator[str]:
    pending: list[object] = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            yield part
        elif is_mapping(part):
            pending += [*part.keys(), *part.values()]
        else:
            pending += sequence(part)


def _marked(subject: Subject, manifest: Manifest) -> Manifest:
    """Return the object with the common labels and annotations of the set."""
    common = mapping(subject.spec.get("commonMetadata"))
    metadata = dict(mapping(manifest.get("metadata")))
    for key in ("labels", "annotations"):
        if added := mapping(common.get(key)):
            metadata[key] = {**mapping(metadata.get(key)), **added}
    return {**manifest, "metadata": metadata}
