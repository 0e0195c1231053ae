"""The project: its cdk8s.yaml and its main.py."""

from __future__ import annotations

import contextlib
import re
import runpy
import sys
from collections.abc import Generator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubestrata.core.bindings_path import CONFIG
from kubestrata.core.config_file import load_config
from kubestrata.core.errors import ConfigError, ProgramError, text_of
from kubestrata.core.frozen import Frozen
from kubestrata.core.origin import shown, steps_of
from kubestrata.synth import program_exit
from kubestrata.synth.platform import DEFAULT_OUTPUT, Platform, receiving

if TYPE_CHECKING:
    from kubestrata.rules.settings import Settings

_PYTHON_FILE = re.compile(r"(?:^|\s)([^\s]+\.py)(?:\s|$)")


class Project(Frozen, dict=True):
    """A folder with a cdk8s.yaml. Paths are absolute."""

    root: Path
    app: Path
    output: Path
    imports: Path
    values: Mapping[str, Any]

    @property
    def config(self) -> Path:
        """The cdk8s.yaml."""
        return self.root / CONFIG

    @cached_property
    def settings(self) -> Settings:
        """The settings of rules; raises ConfigError for what they cannot be."""
        from kubestrata.rules.settings import read_settings

        return read_settings(self.values, self.root)


def load_project(root: Path) -> Project:
    """Return the project in `root`; raises ConfigError if its cdk8s.yaml is missing or invalid."""
    settings = load_config(root)
    named = _PYTHON_FILE.search(str(settings.get("app", "")))
    return Project(
        root=root,
        app=root / (named[1] if named else "main.py"),
        output=root / str(settings.get("output", DEFAULT_OUTPUT)),
        imports=root / "imports",
        values=settings,
    )


@contextlib.contextmanager
def _as_program(app: Path) -> Generator[None]:
    arguments, path = sys.argv, list(sys.path)
    sys.argv = [str(app)]
    sys.path.insert(0, str(app.parent))
    try:
        yield
    finally:
        sys.argv, sys.path[:] = arguments, path


def build(project: Project) -> Platform:
    """Run main.py and return its platform; writes nothing.

    main.py may end with `sys.exit(0)` once it has called Platform.synth().

    Raises:
        ConfigError: main.py is missing, or does not synthesize exactly one platform.
        ProgramError: main.py ended with an exit code other than 0, or too early.
    """
    name = project.app.name
    if not project.app.is_file():
        fix = f"write {name}, or name another file in cdk8s.yaml's app"
        raise ConfigError(CONFIG, f"app {name!r}", "the file does not exist", fix)
    platforms: list[Platform] = []
    with _as_program(project.app), receiving(platforms.append), program_exit.reported():
        try:
            runpy.run_path(str(project.app), run_name="__main__")
        except SystemExit as end:
            # Many programs end with `sys.exit(main())`: with success, after their work.
            if not platforms or not _is_success(end.code):
                raise _ended(name, end, handed_over=bool(platforms)) from end
    if len(platforms) != 1:
        why = f"it called Platform.synth() {len(platforms)} times, expected once"
        raise ConfigError(name, "does not synthesize exactly one platform", why)
    return platforms[0]


def _is_success(code: object) -> bool:
    return code is None or (isinstance(code, int) and code == 0)


def _ended(name: str, end: SystemExit, *, handed_over: bool) -> ProgramError:
    steps = steps_of(end)
    where = f"{shown(steps[-1].filename)}:{steps[-1].lineno}" if steps else name
    code = 0 if _is_success(end.code) else end.code
    how = f"with exit code {int(code)}" if isinstance(code, int) else f"with: {text_of(end)}"
    if handed_over:
        why, fix = "the platform may be incomplete", "end it with exit code 0"
    else:
        why, fix = "it has not called Platform.synth()", "call it before the program ends"
    return ProgramError(where, f"{name} ends here {how}", why, fix)
