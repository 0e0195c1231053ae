"""The Talos machine configuration of a cluster's nodes, and parts derived from its components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.talos.extra_manifest import ExtraManifest
    from kubestrata.constructs.talos.machine import ControlPlane, Machine, Worker
    from kubestrata.constructs.talos.machine_configuration import MachineConfiguration
    from kubestrata.constructs.talos.machine_network import MachineNetwork
    from kubestrata.constructs.talos.platform_network import PlatformNetwork
    from kubestrata.constructs.talos.schematic import Schematic
    from kubestrata.constructs.talos.secret_reference import SecretUri, SecretVariable
    from kubestrata.constructs.talos.talos_manifests import TalosManifests

__all__ = [
    "ControlPlane",
    "ExtraManifest",
    "Machine",
    "MachineConfiguration",
    "MachineNetwork",
    "PlatformNetwork",
    "Schematic",
    "SecretUri",
    "SecretVariable",
    "TalosManifests",
    "Worker",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "extra_manifest": "ExtraManifest",
        "machine": "ControlPlane Machine Worker",
        "machine_configuration": "MachineConfiguration",
        "machine_network": "MachineNetwork",
        "platform_network": "PlatformNetwork",
        "schematic": "Schematic",
        "secret_reference": "SecretUri SecretVariable",
        "talos_manifests": "TalosManifests",
    },
)
