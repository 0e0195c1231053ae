"""Folders of Terraform code in a source of Flux."""

from __future__ import annotations

import re
from typing import Literal

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_label

_Kind = Literal["Bucket", "GitRepository", "OCIRepository"]
_UP = re.compile(r"(^|/)\.\.(/|$)")


class TerraformModule(Frozen, kw_only=True):
    """The folder `path` in a source of Flux, which is in the namespace of the Terraform object.

    By default the source is the repository that Flux reads the cluster from. Raises InvalidValue
    for a path that is absolute or leaves the source.
    """

    path: str
    source: str = "flux-system"
    kind: _Kind = "GitRepository"

    def __post_init__(self) -> None:
        what = f"path {self.path!r} of a Terraform module"
        if not self.path or self.path.startswith("/") or _UP.search(self.path):
            why = "is not a valid path: must be relative to the root of the source, without '..'"
            raise InvalidValue(what, why, "write './terraform/network'")
        check_label("source of a Terraform module", self.source)
