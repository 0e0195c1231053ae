"""Values that every Cilium on Talos has."""

from kubestrata import JsonObject

KUBE_PRISM = ("localhost", 7445)
"""The API server at each node's own address."""
CGROUP: JsonObject = {"autoMount": {"enabled": False}, "hostRoot": "/sys/fs/cgroup"}
"""Talos mounts it itself."""
HUBBLE_TLS: JsonObject = {"auto": {"method": "cronJob"}}
"""Made in the cluster: Helm would make new certificates at each rendering."""


def capabilities(*more: str) -> JsonObject:
    """Return the capabilities of the agent, `more` among them, without loading kernel modules.

    Talos forbids that to pods (source: Talos, deploying Cilium).
    """
    agent = [
        *("CHOWN", "KILL", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "SYS_ADMIN", "SYS_RESOURCE"),
        *more,
        *("DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"),
    ]
    cleaning = ["NET_ADMIN", "SYS_ADMIN", "SYS_RESOURCE"]
    return {"capabilities": {"ciliumAgent": agent, "cleanCiliumState": cleaning}}
