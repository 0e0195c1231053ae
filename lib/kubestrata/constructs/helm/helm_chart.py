"""Helm charts as a catalogue lists them, and those in folders of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from msgspec import field
from msgspec.structs import replace

from kubestrata.core.bindings_path import project_folder
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.source import ChartRepository, ChartSource, OciChart

CrdPolicy = Literal["Skip", "Create", "CreateReplace"]
_FILE = "Chart.yaml"
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.+-]+)?\Z")


class HelmChart(Frozen):
    """A chart at one version, and the API groups whose CRDs it installs.

    `crds` is what helm-controller does with the chart's crds/ folder; None leaves it to
    helm-controller (Create at install, Skip at upgrade).
    """

    name: str
    version: str
    repository: ChartRepository
    provides: frozenset[str] = field(default_factory=frozenset[str])
    crds: CrdPolicy | None = None

    def __post_init__(self) -> None:
        if not _VERSION.match(self.version):
            what = f"chart {self.name!r} version {self.version!r}"
            fix = "name one exact version: '1.2.3'"
            raise InvalidValue(what, "is not pinned", fix)

    @property
    def source(self) -> ChartSource:
        """Return the source that Flux reads: a Helm repository, or an OCI artifact."""
        if not self.repository.is_oci:
            return self.repository
        return OciChart(self.name, f"{self.repository.url.rstrip('/')}/{self.name}", self.version)

    def at(self, version: str) -> HelmChart:
        """Return the same chart at another version."""
        return replace(self, version=version)

    def without_crds(self) -> HelmChart:
        """Return the same chart without its CRDs, for clusters where another component owns them.

        A chart that renders CRDs from its templates also needs a value that disables them.
        """
        return replace(self, provides=frozenset[str](), crds="Skip")


class OwnChart(Frozen):
    """A chart in a folder of the repository that Flux reads, at the revision of the output.

    `path` begins at the root of the repository. `provides` are the API groups whose CRDs the chart
    installs; `crds` is as for HelmChart.
    """

    path: str
    provides: frozenset[str] = field(default_factory=frozenset[str])
    crds: CrdPolicy | None = None

    def __post_init__(self) -> None:
        what, parts = f"chart {self.path!r}", self.path.split("/")
        if not self.path or self.path.startswith("/") or {"", ".", ".."} & {*parts}:
            fix = "write it from the root of the repository: 'charts/shop'"
            raise InvalidValue(what, "is not a valid path in the repository", fix)
        root = Path(project_folder() or Path.cwd())
        if not any((each / self.path / _FILE).is_file() for each in (root, *root.parents)):
            why = f"has no {_FILE} in this repository"
            raise InvalidValue(what, why, "write the path of the chart's folder from its root")
