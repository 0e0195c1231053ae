"""R16: one object writes a Secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.rules.api_group import CERT_MANAGER, EXTERNAL_SECRETS
from kubestrata.rules.field import known, value_at
from kubestrata.rules.link.secret_made import SECRET, made
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_ANNOTATED = ("Gateway", "Ingress")
_WRITERS = ((CERT_MANAGER, "Certificate"), (EXTERNAL_SECRETS, "ExternalSecret"))


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for (kind, namespace, name), makers in made(tree).makers.items():
        if kind != SECRET or not known(name) or not known(namespace):
            continue
        # A Certificate takes over the Secret that an ExternalSecret restored.
        for writer in _WRITERS:
            found = {each.identity: each for each in makers if _owns(each, writer)}
            first, *others = found or (None,)
            for other in others:
                if first is not None:
                    message = f"writes Secret {name}, as {first.kind} {first.name} does"
                    yield found[other].finding(_path(found[other]), message, "name another Secret")
        yield from _annotated(name, makers)


def _annotated(name: str, makers: Sequence[Subject]) -> Iterator[Finding]:
    """Report Ingresses for which cert-manager creates a Certificate beside a declared one.

    Its Certificate has the name of the Secret. Where that is declared, it leaves it alone, unless
    the declared one came later.
    """
    declared = [each for each in makers if _owns(each, _WRITERS[0])]
    if not declared:
        return
    own = f"Certificate {declared[0].identity.name}"
    is_taken = any(each.identity.name == name for each in declared)
    severity = Severity.WARNING if is_taken else None
    for each in makers:
        if each.identity.kind in _ANNOTATED:
            message = f"has cert-manager create a Certificate for Secret {name}, which {own} writes"
            fix = f"remove the annotation, or {own}"
            yield each.finding("metadata.annotations", message, fix, severity)


def _path(writer: Subject) -> str:
    return "spec.secretName" if writer.identity.kind == "Certificate" else "spec.target.name"


def _owns(subject: Subject, writer: tuple[str, str]) -> bool:
    """Return True for a writer that shares its Secret with no other one."""
    policy = value_at(subject.manifest, "spec.target.creationPolicy")
    return subject.identity[:2] == writer and policy in (None, "Owner")


RULES = (
    Rule(
        "R16",
        "a Secret has one Certificate, or one ExternalSecret, that writes it",
        "they overwrite each other again and again, or the second is refused",
        _check,
        in_charts=Severity.ERROR,
    ),
)
