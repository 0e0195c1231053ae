"""Verdicts of a real kube-apiserver, and those of the V rules.

`verdicts.json` has a choice of single changes of real objects, each with the answer of
kube-apiserver 1.36.2. `record.py` writes it from the complete files.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.core.json_value import Manifest
from kubestrata.rules.catalogue import rules_of
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Location, Severity
from tests.server.change import Change

ROOT = Path(__file__).parents[2]
FULL = ROOT.parent / "shared" / "server-verdicts"
RECORDED = Path(__file__).with_name("verdicts.json")
KUBERNETES = "1.36"
_PLACE = Location("changed.yaml", 1)
_PROGRAMS = {"V06", "V08", "V11", "V12", "V13"}
"""Rules about what Helm, Prometheus and other programs accept, not the API server."""
_RULES = [
    rule
    for rule in rules_of("schema")
    if rule.severity is Severity.ERROR and rule.id not in _PROGRAMS
]


class Row(msgspec.Struct, frozen=True):
    """A line of the complete files: an object as it was sent, and the answer."""

    object: Manifest
    changed: str
    path: str
    accepted: bool
    server: str


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """A change of the object with a number, and the answer."""

    object: int
    change: Change
    accepted: bool
    server: str = ""


class Recorded(msgspec.Struct, frozen=True):
    """The content of verdicts.json."""

    objects: tuple[Manifest, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Refusals that V rules find, and accepted objects that they refuse."""

    refused: int
    found: int
    accepted: int
    wrong: int

    @property
    def share_found(self) -> float:
        """Return the share of the server's refusals that are found."""
        return self.found / self.refused

    @property
    def share_wrong(self) -> float:
        """Return the share of accepted objects that are refused."""
        return self.wrong / self.accepted

    def __str__(self) -> str:
        return (
            f"{self.found} of {self.refused} refusals found ({self.share_found:.2%}), "
            f"{self.wrong} of {self.accepted} accepted refused ({self.share_wrong:.2%})"
        )


def rows(file: Path) -> Iterator[Row]:
    """Yield the rows of a complete file."""
    with gzip.open(file) as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=Row)


def recorded() -> Recorded:
    """Return the recorded choice."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Recorded)


def findings(manifest: Manifest) -> list[Finding]:
    """Return what the V rules find in an object, in a cluster with the XRDs of the recording."""
    subject = Subject(identity_of(manifest), manifest, _PLACE)
    more = _definitions() if subject.identity.group == "cloud.ogenki.io" else ()
    tree = ClusterTree("a", KUBERNETES, [*more, subject])
    return [
        found for rule in _RULES for found in rule.check(tree) if found.object == subject.identity
    ]


@cache
def _definitions() -> Sequence[Subject]:
    files = sorted(Path(__file__).with_name("definitions").glob("*.yaml"))
    objects = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [Subject(identity_of(each), each, _PLACE) for each in objects]
