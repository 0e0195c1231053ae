"""Operating system settings of the nodes: kernel, containerd, NFS."""

from collections.abc import Sequence

from kubeapis import talos_1_11 as talos

KERNEL = talos.KernelConfig(modules=[talos.KernelModuleConfig(name="nbd")])

_BUFFER = "67108864"
SYSCTLS = {
    "fs.inotify.max_user_instances": "8192",
    "fs.inotify.max_user_watches": "1048576",
    "net.core.default_qdisc": "fq",
    "net.core.rmem_max": _BUFFER,
    "net.core.wmem_max": _BUFFER,
    "net.ipv4.tcp_congestion_control": "bbr",
    "net.ipv4.tcp_fastopen": "3",
    "net.ipv4.tcp_mtu_probing": "1",
    "net.ipv4.tcp_rmem": "4096 87380 33554432",
    "net.ipv4.tcp_window_scaling": "1",
    "net.ipv4.tcp_wmem": "4096 65536 33554432",
    "sunrpc.tcp_max_slot_table_entries": "128",
    "sunrpc.tcp_slot_table_entries": "128",
    "user.max_user_namespaces": "11255",
    "vm.nr_hugepages": "1024",
}

# Spegel serves the layers that containerd keeps.
_CONTAINERD = """\
[plugins."io.containerd.cri.v1.images"]
  discard_unpacked_layers = false
[plugins."io.containerd.cri.v1.runtime"]
  device_ownership_from_security_context = true
"""
_NFS = """\
[ NFSMount_Global_Options ]
nfsvers=4.1
hard=True
nconnect=8
noatime=True
rsize=1048576
wsize=1048576
"""


def containerd_files() -> Sequence[talos.MachineFile]:
    """Return the files that change containerd and mounts of NFS."""
    return [
        talos.MachineFile(
            path="/etc/cri/conf.d/20-customization.part",
            op="create",
            permissions=0,
            content=_CONTAINERD,
        ),
        talos.MachineFile(
            path="/etc/nfsmount.conf", op="overwrite", permissions=0o644, content=_NFS
        ),
    ]
