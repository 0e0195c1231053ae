"""ApplicationSets: the Applications that Argo CD makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.argo_source import is_unknown, sources_of
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository
from kubestrata.gitops.merge_patch import merge_patch
from kubestrata.gitops.parameter import MOST, Generators, Parameters, Template
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.rules.api_group import ARGO
from kubestrata.rules.subject import Listed, Subject, Unchecked
from kubestrata.rules.violation import Finding

_MOST_PARTS = 1_000
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass
class Expansion:
    """The Applications of one set; `unknown` is True if there may be more.

    `read` are the files with parameters, `excluded` the folders that are left out; `perhaps` are
    the folders of Applications that are not known.
    """

    applications: dict[Identity, Subject] = field(default_factory=dict[Identity, Subject])
    notes: list[Unchecked] = field(default_factory=list[Unchecked])
    faults: list[Finding] = field(default_factory=list[Finding])
    listed: list[Listed] = field(default_factory=list[Listed])
    read: set[str] = field(default_factory=set[str])
    excluded: set[str] = field(default_factory=set[str])
    perhaps: list[str] = field(default_factory=list[str])
    unknown: bool = False


def expanded(disk: Repository, subject: Subject, own: str) -> Expansion:
    """Return the Applications of a set; `own` is the repository that is read, '' if unknown."""
    spec = subject.spec
    go = spec.get("goTemplate") is True
    strict = "missingkey=error" in sequence(spec.get("goTemplateOptions"))
    template = Template(go=go, strict=strict)
    made = Expansion()
    generators = Generators(disk, subject, own, template, made.read, made.listed, made.excluded)
    for index, raw in enumerate(sequence(spec.get("generators"))):
        generator, at = mapping(raw), f"spec.generators[{index}]"
        shape = _template(mapping(spec.get("template")), generator)
        try:
            found = generators.parameters(generator, at)
        except (TemplateError, NotEvaluatedError) as error:
            if isinstance(error, TemplateError):
                made.faults.append(subject.finding(at, f"makes no Applications: {error}"))
            else:
                made.notes.append(_note(subject, error))
            made.unknown = True
            made.perhaps += _folders(shape, generator, template, own)
        else:
            for parameters in found:
                _add(made, subject, shape, parameters, template)
    return made


def _note(subject: Subject, why: NotEvaluatedError) -> Unchecked:
    return Unchecked(str(subject.identity), str(why), subject.place)


def _add(
    made: Expansion,
    subject: Subject,
    shape: dict[str, Any],
    parameters: Parameters,
    template: Template,
) -> None:
    """Add the Application of one set of parameters."""
    patch = subject.spec.get("templatePatch")
    try:
        manifest = template.value(shape, parameters) if parameters else shape
        if isinstance(patch, str):
            manifest = _patched(manifest, template.text(patch, parameters))
    except (TemplateError, NotEvaluatedError) as error:
        if isinstance(error, TemplateError):
            message = f"an Application cannot be made: {error}"
            finding = subject.finding("spec.template", message)
            made.faults += [] if finding in made.faults else [finding]
        else:
            made.notes.append(_note(subject, error))
        made.unknown = True
        made.perhaps += [
            _prefix(each.path, parameters, template)
            for each in sources_of(mapping(shape.get("spec")))
            if each.path
        ]
        return
    application = _application(subject, manifest)
    if application.identity in made.applications:
        message = f"two Applications are named {application.identity.name}"
        made.faults.append(subject.finding("spec.template.metadata.name", message))
    elif len(made.applications) < MOST:
        made.applications[application.identity] = application
    else:
        why = NotEvaluatedError(f"it makes more than {MOST} Applications")
        made.notes.append(_note(subject, why))
        made.unknown = True


def _application(subject: Subject, manifest: dict[str, Any]) -> Subject:
    metadata = {**mapping(manifest.get("metadata")), "namespace": subject.namespace}
    if not subject.namespace:
        del metadata["namespace"]
    made = {
        "apiVersion": f"{ARGO}/v1alpha1",
        "kind": "Application",
        "metadata": metadata,
        "spec": mapping(manifest.get("spec")),
    }
    identity = Identity(ARGO, "Application", subject.namespace, str(metadata.get("name") or ""))
    return replace(subject, identity=identity, manifest=made, file="")


def _template(shape: dict[str, Any], generator: dict[str, Any]) -> dict[str, Any]:
    """Return the template of a set with the fields that a generator overrides."""
    for value in generator.values():
        if own := mapping(mapping(value).get("template")):
            return _over(shape, own)
    return shape


def _over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    made = dict(under)
    for key, value in over.items():
        if is_mapping(value):
            made[key] = _over(mapping(made.get(key)), value)
        elif value:
            made[key] = value
    return made


def _patched(manifest: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an Application with a patch, which cannot change its project."""
    try:
        values: list[Any] = load_all(text, "spec.templatePatch")
    except YamlSyntaxError as error:
        raise TemplateError(f"{error.where}: {error.what}: {error.why}") from None
    if not values:
        return manifest
    if not is_mapping(values[0]):
        raise TemplateError("spec.templatePatch does not have keys and values")
    made = merge_patch(manifest, values[0])
    project = mapping(manifest.get("spec")).get("project")
    return {**made, "spec": {**mapping(made.get("spec")), "project": project}}


def _folders(
    shape: dict[str, Any], generator: dict[str, Any], template: Template, own: str
) -> Iterator[str]:
    """Yield the folders below which Applications with unknown parameters may apply files."""
    for source in sources_of(mapping(shape.get("spec"))):
        if source.path and (not (own and source.url) or source.url == own):
            for parameters in (_partial(generator) or [{}])[:_MOST_PARTS]:
                nested = {"values": dict(_values(parameters))} if template.go else {}
                yield _prefix(source.path, {**parameters, **nested}, template)


def _values(parameters: dict[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in parameters.items():
        if key.startswith("values."):
            yield key.removeprefix("values."), value


def _partial(generator: dict[str, Any]) -> list[dict[str, str]]:
    """Return the texts in a generator that are known without the cluster."""
    found: list[dict[str, str]] = []
    for value in map(mapping, generator.values()):
        values = mapping(value.get("values"))
        found.append({f"values.{key}": str(text) for key, text in values.items()})
        elements = map(mapping, sequence(value.get("elements")))
        found += [{key: str(text) for key, text in each.items()} for each in elements]
        first, *others = [
            _partial(mapping(each)) for each in sequence(value.get("generators"))
        ] or [list[dict[str, str]]()]
        under = first[0] if first else {}
        found += [*first, *({**under, **each} for several in others for each in several)]
    return [each for each in found if each]


def _prefix(path: str, parameters: Parameters, template: Template) -> str:
    """Return the part of a path that is known, up to a whole folder."""
    known, start = "", 0
    for found in _ACTION.finditer(path):
        known += path[start : found.start()]
        start = found.end()
        try:
            text = template.text(found[0], parameters)
        except (TemplateError, NotEvaluatedError):
            text = found[0]
        if is_unknown(text):
            return join("", known.rpartition("/")[0])
        known += text
    return join("", known + path[start:])
