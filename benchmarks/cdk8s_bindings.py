"""The bindings of `cdk8s import --language python`, generated at the first run.

From the sources in cdk8s.yaml, read from the folder KUBESTRATA_MIRROR if set, else from the
network. cdk8s writes one module per API group and each CRD overwrites its
group's module, so that `gateway` holds HTTPRoute alone: the smallest that cdk8s can have.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from cdk8s_command import CLI, import_command, import_environment
from environment import CACHE, ROOT

FOLDER = CACHE / "cdk8s"
_PACKAGE = "cdk8s_imports"
_MODULES = ("k8s", "io/k8s/networking/gateway")
_ROUTES = "gateway.networking.k8s.io_httproutes.yaml"
_SECONDS = 300


class BindingsMissingError(Exception):
    """The bindings are missing and cannot be generated; the text is the reason."""


def _sources() -> list[str]:
    entries: list[str] = yaml.safe_load((ROOT / "cdk8s.yaml").read_text())["imports"]
    kubernetes = next(entry for entry in entries if entry.startswith("k8s@"))
    routes = next(entry for entry in entries if entry.endswith(_ROUTES)).rpartition(":=")[2]
    mirror = os.environ.get("KUBESTRATA_MIRROR")
    local = Path(mirror or "", "crds", "gateway-api-standard", _ROUTES)
    return [kubernetes, str(local) if mirror and local.exists() else routes]


def _import(source: str, output: Path, temporary: Path) -> None:
    env = import_environment(os.environ, temporary)
    done = subprocess.run(
        import_command(source, output),
        env=env,
        cwd=output,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if re.match(r"\w*Error: ", line)]
        raise BindingsMissingError(f"cdk8s import {source}: {lines[0] if lines else 'failed'}")


def prepare() -> Path:
    """Return the folder for PYTHONPATH; raises BindingsMissingError without mirror and network."""
    package = FOLDER / _PACKAGE
    if all((package / module / "__init__.py").exists() for module in _MODULES):
        return FOLDER
    if not CLI.exists():
        raise BindingsMissingError("cdk8s-cli is not installed: npm ci")
    CACHE.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=CACHE) as made,
        tempfile.TemporaryDirectory(dir=CACHE) as temporary,
    ):
        for source in _sources():
            _import(source, Path(made), Path(temporary))
        shutil.rmtree(package, ignore_errors=True)
        shutil.copytree(made, package)
    return FOLDER
