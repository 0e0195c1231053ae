"""Image Factory schematics: their text, id and images."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from kubestrata.constructs.talos import PlatformNetwork, Schematic
from kubestrata.core.errors import InvalidValue

ROOT = Path(__file__).parents[3]
TAILSCALE = Schematic(
    kernel_arguments=["net.ifnames=0"],
    extensions=["siderolabs/qemu-guest-agent", "siderolabs/tailscale"],
    network=PlatformNetwork("node", "192.0.2.10/24", "192.0.2.1", ["192.0.2.53"]),
)


@pytest.mark.parametrize(
    ("schematic", "id"),
    [
        (Schematic(), "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba"),
        (
            Schematic(kernel_arguments=["noapic", "nolapic"]),
            "9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c",
        ),
        (
            Schematic(meta={10: "foo"}),
            "d308a2a5ee2277bed5fbaa104fcbc8d59122abfa737df987a95b4ca763459a7f",
        ),
        (
            Schematic(extensions=["siderolabs/nfs-utils", "siderolabs/qemu-guest-agent"]),
            "3abf06e1d81e509d779dc256f9feae6cd6d82c69337c661cbfc383a92594faf5",
        ),
    ],
)
def test_an_id_is_that_of_image_factory(schematic: Schematic, id: str) -> None:
    assert schematic.id == id


@pytest.mark.parametrize("cluster", ["apps", "infra"])
def test_the_id_of_a_cluster_is_the_digest_of_its_file(cluster: str) -> None:
    content = (ROOT / "dist" / cluster / "talos" / "schematic.yaml").read_bytes()
    id = "d60a9a96a6bbc418c786ee44fd5c01137d9a02497012cf080722ee79d3ee6d7e"
    assert hashlib.sha256(content).hexdigest() == id


def test_the_order_of_extensions_is_part_of_the_id() -> None:
    one = Schematic(extensions=["siderolabs/nfsd", "siderolabs/iscsi-tools"])
    other = Schematic(extensions=["siderolabs/iscsi-tools", "siderolabs/nfsd"])
    assert one.id != other.id


def test_an_image_names_the_installer_the_schematic_and_the_version() -> None:
    id = Schematic().id
    assert Schematic().image("v1.11.2") == f"factory.talos.dev/metal-installer/{id}:v1.11.2"
    secure = Schematic().image("v1.12.4", installer="installer-secureboot")
    assert secure == f"factory.talos.dev/installer-secureboot/{id}:v1.12.4"


def test_meta_of_several_lines_is_a_literal_block() -> None:
    assert "        - key: 10\n          value: |\n            addresses:\n" in TAILSCALE.text
    assert Schematic(meta={3: "a\nb"}).text.endswith("value: |-\n            a\n            b\n")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Schematic(extensions=["iscsi-tools"]), "must be owner/name"),
        (lambda: Schematic(extensions=["a/b", "a/b"]), "is in the schematic twice"),
        (lambda: Schematic(kernel_arguments=["a b"]), "without blanks"),
        (lambda: Schematic(kernel_arguments=["no"]), "cannot be written as Image Factory"),
        (lambda: Schematic(meta={256: "a"}), "must be from 0 to 255"),
        (lambda: Schematic(meta={10: "a: b"}), "cannot be written as Image Factory hashes it"),
        (lambda: Schematic(meta={10: "a \nb"}), "lines of ASCII without blanks"),
        (lambda: Schematic(meta={10: "a"}, network=TAILSCALE.network), "is set by network="),
        (lambda: Schematic().image("1.11"), "must be a full version such as v1.11.2"),
        (lambda: Schematic().image("v1.11.2", installer="iso"), "must be installer"),
        (lambda: PlatformNetwork("n", "192.0.2.10", "192.0.2.1", []), "must have a prefix"),
        (lambda: PlatformNetwork("n", "192.0.2.10/24", "198.51.100.1", []), "is outside of"),
        (lambda: PlatformNetwork("n", "192.0.2.10/24", "192.0.2.1", ["dns"]), "address 'dns'"),
    ],
)
def test_invalid_schematics_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        make()
