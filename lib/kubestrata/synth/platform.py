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
    """Everything that one repository delivers: a cdk8s.App of clusters.

    `outdir` is where `synth` writes: as given, else the folder that `cdk8s synth` names in
    CDK8S_OUTDIR, else `dist`.
    """

    def __init__(self, *, outdir: str | None = None) -> None:
        folder = outdir or os.environ.get("CDK8S_OUTDIR") or DEFAULT_OUTPUT
        super().__init__(folder)
        self.output = Path(folder)

    def synth(self) -> None:
        """Check and write the tree, all of it or nothing; in a command, let that go on with it.

        The settings are those of the cdk8s.yaml of the working folder, if there is one.

        Raises:
            ViolationError: a violation is an error; nothing was written.
        """
        receiver = _receiver.get()
        if receiver is not None:
            receiver(self)
            return
        from kubestrata.synth.standalone import synthesize_alone

        synthesize_alone(self, self.output)

    def synth_yaml(self) -> str:
        """Every object of every component as one YAML stream, as `cdk8s.App.synth_yaml` does."""
        components = [one for cluster in self.clusters for one in cluster.components]
        return dump_all(item.manifest for one in components for item in one.rendered())


Receiver: TypeAlias = Callable[[Platform], None]
_receiver: ContextVar[Receiver | None] = ContextVar("receiver", default=None)


@contextlib.contextmanager
def receiving(receiver: Receiver) -> Generator[None]:
    """In this context, give a platform to `receiver` when main.py calls `Platform.synth`."""
    token = _receiver.set(receiver)
    try:
        yield
    finally:
        _receiver.reset(token)
