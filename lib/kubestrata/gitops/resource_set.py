"""ResourceSets of the Flux Operator: their objects without template expressions.

Objects with template expressions (`<< inputs.tenant >>`) are created only in the cluster, once
for each set of inputs; they are noted as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest, is_mapping, mapping, sequence
from kubestrata.gitops.document import TreeDocument, is_object, read
from kubestrata.gitops.rendered import BuiltFolder
from kubestrata.rules.subject import Subject, Unjudged
from kubestrata.rules.violation import Finding

KIND = ("fluxcd.controlplane.io", "ResourceSet")
_EXPRESSION = "<<"
_OFF = ("fluxcd.controlplane.io/reconcile", "disabled")
_WHY = "has template expressions, which the Flux Operator evaluates"


def rendered(subject: Subject) -> BuiltFolder:
    """Return the objects of a ResourceSet as they are written, at its line."""
    made = BuiltFolder([], set(), complete=True)
    for index, each in enumerate(sequence(subject.spec.get("resources"))):
        if is_mapping(each):
            _take(subject, each, f"spec.resources[{index}]", made)
    template = subject.spec.get("resourcesTemplate")
    if isinstance(template, str) and _EXPRESSION in template:
        what = f"resourcesTemplate of {subject.identity}"
        made.unjudged.append(Unjudged(what, _WHY, subject.place))
    elif isinstance(template, str):
        reading = read(template, subject.place.file, kustomized=False)
        made.faults += _faults(subject, reading.faults)
        for each in reading.documents:
            _take(subject, each.manifest, "spec.resourcesTemplate", made)
    made.complete = not made.unjudged
    return made


def _take(subject: Subject, manifest: Manifest, path: str, made: BuiltFolder) -> None:
    if _is_template(manifest):
        what = f"{identity_of(manifest)} of {subject.identity}"
        made.unjudged.append(Unjudged(what, _WHY, subject.place))
    elif not is_object(manifest):
        message = "has no apiVersion, kind or name that is text"
        made.faults.append(subject.finding(path, message))
    elif mapping(mapping(manifest.get("metadata")).get("annotations")).get(_OFF[0]) != _OFF[1]:
        made.documents.append(TreeDocument(_marked(subject, manifest), subject.place))


def _faults(subject: Subject, found: tuple[Finding, ...]) -> Iterator[Finding]:
    return (subject.finding("spec.resourcesTemplate", each.message) for each in found)


def _is_template(value: object) -> bool:
    """Return True if a text or key in an object is a template expression."""
    pending: list[object] = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            if _EXPRESSION in part:
                return True
        elif is_mapping(part):
            pending += [*part.keys(), *part.values()]
        else:
            pending += sequence(part)
    return False


def _marked(subject: Subject, manifest: Manifest) -> Manifest:
    """Return the object with the common labels and annotations of the set."""
    common = mapping(subject.spec.get("commonMetadata"))
    metadata = dict(mapping(manifest.get("metadata")))
    for key in ("labels", "annotations"):
        if added := mapping(common.get(key)):
            metadata[key] = {**mapping(metadata.get(key)), **added}
    return {**manifest, "metadata": metadata}
