"""The platform: a cdk8s.App that holds clusters and owns synthesis."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from kubestrata.core.cluster import ClusterHolder
from kubestrata.core.written import WrittenFile
from kubestrata.core.yaml_text import dump_all
from kubestrata.synth.dist_writer import WriteReport, write_tree
from kubestrata.synth.handover import DEFAULT_OUTPUT, hand_over


class Platform(ClusterHolder):
    """Everything that one repository delivers: a cdk8s.App of clusters.

    `outdir` is where `synth` writes: as given, else the folder that `cdk8s synth` names in
    CDK8S_OUTDIR, else `dist`.
    """

    def __init__(self, *, outdir: str | None = None) -> None:
        folder = outdir or os.environ.get("CDK8S_OUTDIR") or DEFAULT_OUTPUT
        super().__init__(folder)
        self.output = Path(folder)

    def derive(self) -> list[WrittenFile]:
        """The whole tree, paths below the output folder; writes nothing."""
        return [
            replace(file, path=f"{cluster.name}/{file.path}")
            for cluster in self.clusters
            for file in cluster.derive()
        ]

    def files(self) -> dict[str, bytes]:
        """The whole tree, path below the output folder -> content."""
        return {file.path: file.content for file in self.derive()}

    def synth(self) -> None:
        """Judge and write the tree, all of it or nothing; inside a command, hand over to it.

        The settings are those of the cdk8s.yaml of the working folder, if there is one.

        Raises:
            JudgementError: a violation is an error; nothing was written.
        """
        if hand_over(self):
            return
        from kubestrata.synth.judgement import require_clean
        from kubestrata.synth.project import settings_in

        require_clean(self, settings_in(Path.cwd()))
        self.write()

    def synth_yaml(self) -> str:
        """Every object of every component as one YAML stream, as `cdk8s.App.synth_yaml` does."""
        components = [one for cluster in self.clusters for one in cluster.components]
        return dump_all(item.manifest for one in components for item in one.rendered())

    def write(self, folder: Path | None = None) -> WriteReport:
        """Derive and write, into `folder` if given, what no rule has judged; returns the change."""
        return write_tree(folder or self.output, self.files())
