"""A project in a separate folder, and the command as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.command_server import run_command

COMMAND = Path(sys.executable).with_name("kubestrata")

MAIN = """\
from kubeapis import k8s
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform


def build() -> Platform:
    platform = Platform()
    cluster = Cluster(
        platform,
        "c1",
        domain=Host("example.com"),
        delivery=Flux(repository=GitRepository(url="https://git.example.com/platform")),
        kubernetes="1.35",
    )
    for name in NAMES:
        home = Namespace(name, pod_security="baseline")
        web = Component(cluster, name, layer="apps", namespace=home)
        k8s.ConfigMap(web, "settings", data={"text": "value", "n": "08"})
    return platform


NAMES = ["web", "api", "db"]
if __name__ == "__main__":
    build().synth()
"""


@dataclass(frozen=True)
class Run:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with cdk8s.yaml and main.py."""

    root: Path

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    def edit(self, old: str, new: str) -> None:
        """Change main.py, in one place."""
        main = self.root / "main.py"
        text = main.read_text()
        assert text.count(old) == 1
        main.write_text(text.replace(old, new))

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run `kubestrata` here, in an interpreter that has imported it.

        Bindings of the project itself are found when an interpreter starts, so they need a new one.
        """
        if (self.root / "imports").exists():
            return self.start(*arguments, env=env or {})
        return Run(*run_command(arguments, self.root, {**os.environ, **(env or {})}))

    def start(self, *arguments: str, env: Mapping[str, str]) -> Run:
        """Run `kubestrata` here in a new interpreter, as a user does."""
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.root,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def tree(self) -> dict[str, bytes]:
        """Every file below dist/."""
        return {
            str(path.relative_to(self.dist)): path.read_bytes()
            for path in sorted(self.dist.rglob("*"))
            if path.is_file()
        }


def write_project(root: Path) -> Project:
    """Write the project into an empty folder."""
    (root / "cdk8s.yaml").write_text("language: python\napp: python main.py\noutput: dist\n")
    (root / "main.py").write_text(MAIN)
    return Project(root)
