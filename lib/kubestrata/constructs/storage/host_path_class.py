"""Local volumes of OpenEBS: folders on a disk of the node that runs the pod."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from kubeapis import k8s
from kubestrata.constructs.storage.volume_class import VolumeClass
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_PROVISIONER = "openebs.io/local"
# Source: annotations that the LocalPV provisioner reads.
_CONFIG, _KIND = "cas.openebs.io/config", "openebs.io/cas-type"
_TEXT = """\
- name: StorageType
  value: hostpath
- name: BasePath
  value: {path}
"""


class HostPathClass(Construct):
    """One StorageClass named `id`: volumes are folders below `path` of a node.

    A volume is bound with its first pod, whose node it keeps; `settings` are those of all classes.
    The charts of OpenEBS can create a class, too: disable it there. Raises InvalidValue for a
    relative path.
    """

    def __init__(
        self, scope: Construct, id: str, *, path: str, settings: VolumeClass | None = None
    ) -> None:
        super().__init__(scope, f"{id}-class")
        folder = PurePosixPath(path)
        if not folder.is_absolute() or ".." in folder.parts or len(folder.parts) == 1:
            what = f"path {path!r} of HostPathClass {id!r}"
            why = "is not a valid folder of a node: must be absolute and not the root"
            raise InvalidValue(what, why, "write it as '/var/openebs/local'")
        self.path = str(folder)
        settings = settings or VolumeClass()
        config = _TEXT.format(path=json.dumps(self.path))
        self.resource = k8s.StorageClass(
            self,
            id,
            metadata=k8s.ObjectMeta(
                annotations={**settings.annotations, _CONFIG: config, _KIND: "local"}
            ),
            provisioner=_PROVISIONER,
            reclaim_policy=settings.reclaim,
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=settings.expandable or None,
        )

    @property
    def ref(self) -> Reference:
        """Return the StorageClass."""
        return self.resource.ref
