"""The same files checked by kubestrata and by other programs, each in separate processes."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from checked_objects import Manifest, objects
from checkers import CHECKERS, SETTINGS, Checker, Findings, findings
from measure import CommandFailedError, CommandTooSlowError, Cost, peak_memory, run

COUNT, FEWER = 5_000, 500
LIMIT_SECONDS = 120.0
PER_FILE = 500
MISSPELT = {
    "Deployment": ("securityContext", "securtyContext"),
    "Service": ("targetPort", "targetPortt"),
    "HTTPRoute": ("hostnames", "hostnams"),
}
"""The misspelt field of the sample by kind, with its misspelling."""
_FINE = (0, 1)


@dataclass(slots=True)
class Result:
    """The cost and findings of one program; `note` is the reason for missing figures."""

    checker: Checker
    count: int = 0
    cost: Cost | None = None
    peak_bytes: int = 0
    found: Findings | None = None
    sample_seconds: float = 0.0
    sample: tuple[int, int] | None = None
    named: list[str] = field(default_factory=list[str])
    note: str = ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _write(folder: Path, manifests: Sequence[Manifest]) -> None:
    apps = folder / "tree" / "apps"
    apps.mkdir(parents=True)
    (folder / "cdk8s.yaml").write_text(SETTINGS, encoding="utf-8")
    for start in range(0, len(manifests), PER_FILE):
        part = manifests[start : start + PER_FILE]
        text = yaml.dump_all(part, Dumper=yaml.CSafeDumper, sort_keys=False)
        (apps / f"objects-{start // PER_FILE:03}.yaml").write_text(text, encoding="utf-8")


def _broken(right: Sequence[Manifest]) -> list[Manifest]:
    broken = copy.deepcopy(list(right))
    for manifest in broken:
        place, kind = manifest["spec"], manifest["kind"]
        if kind == "Deployment":
            place = place["template"]["spec"]["containers"][0]
        elif kind == "Service":
            place = place["ports"][0]
        name, misspelt = MISSPELT[kind]
        place[misspelt] = place.pop(name)
    return broken


def write_folders(scratch: Path) -> None:
    """Write the sample, valid and with misspelt fields, and the many objects."""
    sample = list(objects(len(MISSPELT)))
    _write(scratch / "right", sample)
    _write(scratch / "broken", _broken(sample))
    for count in (FEWER, COUNT):
        _write(scratch / str(count), list(objects(count)))


def _environment(checker: Checker, scratch: Path) -> dict[str, str]:
    """Return an environment without the user's settings, caches and policies."""
    home = scratch / "home"
    home.mkdir(exist_ok=True)
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    return {**kept, "HOME": str(home), **dict(checker.env)}


def _sample(result: Result, command: Sequence[str], env: dict[str, str], scratch: Path) -> None:
    counts = []
    for name in ("right", "broken"):
        folder = scratch / name
        cost = run(command, env, folder, limit=LIMIT_SECONDS, fine=_FINE)
        found = findings(result.checker, folder / "output.txt")
        counts.append(len(found.texts))
        if name == "broken":
            # the first run of the two may compile and cache
            result.sample_seconds = cost.wall_seconds
            told = "\n".join(found.texts)
            result.named = [kind for kind, (_, wrong) in MISSPELT.items() if wrong in told]
    result.sample = (counts[0], counts[1])


def _many(result: Result, command: Sequence[str], env: dict[str, str], scratch: Path) -> None:
    for count in (COUNT, FEWER):
        folder = scratch / str(count)
        try:
            result.cost = run(command, env, folder, limit=LIMIT_SECONDS, fine=_FINE)
        except CommandTooSlowError as error:
            result.note = f"{count:,} objects: {error}."
            continue
        result.count = count
        result.found = findings(result.checker, folder / "output.txt")
        result.peak_bytes = peak_memory(command, env, folder, fine=_FINE)
        return


def compare(scratch: Path) -> list[Result]:
    """Check the sample and the many objects with each program; failures are in its note."""
    write_folders(scratch)
    results = []
    for checker in CHECKERS:
        _say(f"{checker.name} ...")
        result = Result(checker)
        results.append(result)
        try:
            command, env = checker.command(checker.install()), _environment(checker, scratch)
            _sample(result, command, env, scratch)
            _many(result, command, env, scratch)
        except (CommandFailedError, CommandTooSlowError, OSError) as error:
            lines = str(error).strip().splitlines() or ["no message"]
            result.note = f"not measured: {lines[-1]}"
            _say(str(error))
    return results
