"""The platform: a cdk8s.App that holds clusters."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator
from contextvars import ContextVar
from pathlib import Path
from typing import TypeAlias

from kubestrata.core.cluster import ClusterHolder
from kubestrata.core.yaml_text import dump_all

DEFAULT_OUTPUT = "dist"


class Platform(ClusterHolder):
    """All clusters of one repository, as a cdk8s.App.

    `outdir` is the folder that `synth` writes; it defaults to CDK8S_OUTDIR, which `cdk8s synth`
    sets, then to `dist`.
    """

    def __init__(self, *, outdir: str | None = None) -> None:
        folder = outdir or os.environ.get("CDK8S_OUTDIR") or DEFAULT_OUTPUT
        super().__init__(folder)
        self.output = Path(folder)

    def synth(self) -> None:
        """Check and write the tree, all of it or nothing; in a command, hand the platform to it.

        Settings are read from cdk8s.yaml in the working folder, if there is one.

        Raises:
            ViolationError: a rule of severity error is violated; nothing was written.
        """
        receiver = _receiver.get()
        if receiver is not None:
            receiver(self)
            return
        from kubestrata.synth.standalone import synthesize_alone

        synthesize_alone(self, self.output)

    def synth_yaml(self) -> str:
        """Return every object of every component as one YAML stream, as in `cdk8s.App`."""
        components = [one for cluster in self.clusters for one in cluster.components]
        return dump_all(item.manifest for one in components for item in one.rendered())


Receiver: TypeAlias = Callable[[Platform], None]
_receiver: ContextVar[Receiver | None] = ContextVar("receiver", default=None)


@contextlib.contextmanager
def receiving(receiver: Receiver) -> Generator[None]:
    """Pass the platform to `receiver` when main.py calls `Platform.synth` in this context."""
    token = _receiver.set(receiver)
    try:
        yield
    finally:
        _receiver.reset(token)
