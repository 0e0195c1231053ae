"""The Talos machine configuration of each node of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address

from kubestrata.constructs.talos.machine import Machine
from kubestrata.constructs.talos.machine_document import merged, rendered
from kubestrata.constructs.talos.machine_network import (
    Address,
    MachineNetwork,
    Network,
    addresses,
    check_documents,
    network_of,
    virtual_ips,
)
from kubestrata.constructs.talos.schematic import HOST, Schematic, check_version
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, InvalidBody, InvalidValue
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.struct import Struct
from kubestrata.core.tree import path_of
from kubestrata.core.written import WrittenFile
from kubestrata.core.yaml_text import dump_all
from kubestrata.rules.machine_config import plain_secrets
from kubestrata.schema.document_schema import DocumentSchema, schema_of

FOLDER = "talos"


class MachineConfiguration(Construct):
    """No objects: `talos/NODE.yaml` of each node, and `talos/schematic.yaml`.

    A node's file has the documents of the cluster, those of its role and its own, merged as Talos
    merges patches. It is valid with the schema of the bindings, which are of the same minor
    version as `version`. With references to all secrets of the cluster it is complete; without,
    it is a patch for `talosctl gen config`. Secrets in plain text are refused, and so are
    addresses that are used twice, outside of the subnets or reserved.
    """

    def __init__(
        self,
        scope: Cluster,
        id: str = "machine-configuration",
        *,
        version: str,
        network: MachineNetwork,
        nodes: Sequence[Machine],
        documents: Sequence[Struct] = (),
        control_plane: Sequence[Struct] = (),
        worker: Sequence[Struct] = (),
        schematic: Schematic | None = None,
    ) -> None:
        """`documents` are for every node, `control_plane` and `worker` for those of a role."""
        super().__init__(require("scope of MachineConfiguration", scope, Cluster), id)
        self.cluster = scope
        self.origin = caller(path_of(self))
        check_version(version)
        self.version = version
        self.network = require("network", network, MachineNetwork)
        self.schematic = schematic
        self.nodes = tuple(nodes)
        self._schema = self._schema_of((*documents, *control_plane, *worker))
        of_role = {"controlplane": control_plane, "worker": worker}
        shared: dict[str, list[Manifest]] = {}
        for role, more in of_role.items():
            listed = [rendered(each, self._schema, self.origin) for each in (*documents, *more)]
            shared[role] = [*listed, {"version": "v1alpha1", "machine": {"type": role}}]
        self._require_distinct()
        self.documents: Mapping[str, Sequence[Manifest]] = {
            each.name: self._documents(each, shared[each.role]) for each in self.nodes
        }
        self._check_addresses()
        for each in self.nodes:
            for document in self.documents[each.name]:
                scope.add_early_document(document, each.origin)
        scope.add_files(self)

    def _schema_of(self, documents: Sequence[Struct]) -> DocumentSchema:
        """Return the schema of the bindings; raises InvalidValue for those of another version."""
        every = (*documents, *(each for node in self.nodes for each in node.documents))
        if not self.nodes or not every:
            why, fix = "has no nodes or no documents", "pass nodes= and documents="
            raise InvalidValue("MachineConfiguration", why, fix, where=self.origin)
        found = schema_of(every[0])
        if found is None:
            why = "is not a struct of a machine configuration"
            raise InvalidValue(type(every[0]).__name__, why, "use kubeapis.talos")
        minor = self.version.removeprefix("v").rpartition(".")[0]
        if found.version and found.version != minor:
            why = f"is not that of {found.package}, whose schema is of Talos {found.version}"
            fix = f"import the schema of {self.version}, as talos_{minor.replace('.', '_')}"
            raise InvalidValue(f"version {self.version}", why, fix, where=self.origin)
        return found

    def _require_distinct(self) -> None:
        by_name: dict[str, Machine] = {}
        by_address: dict[str, Machine] = {}
        for each in self.nodes:
            require("node", each, Machine, fix="write ControlPlane(...) or Worker(...)")
            self.network.check(each)
            for what, known in ((each.name, by_name), (each.address, by_address)):
                if what in known:
                    why = f"is that of a node already, from {known[what].origin}"
                    sort = "hostname" if known is by_name else "address"
                    raise DuplicateObject(f"{sort} {what}", why, where=each.origin)
                known[what] = each

    def _documents(self, machine: Machine, shared: Sequence[Manifest]) -> list[Manifest]:
        own = [rendered(each, self._schema, machine.origin) for each in machine.documents]
        documents = merged((*shared, *own))
        for each in documents:
            name = each.get("kind") or "Config"
            for path, what in plain_secrets(each):
                why = f"is {what} in plain text: whoever reads the repository would have it"
                fix = "write SecretUri('op://vault/item/field'), or a SecretVariable"
                raise InvalidValue(f"{name}.{path}", why, fix, where=machine.origin)
            for fault in self._schema.faults(each):
                what = f"{name}.{fault.path}" if fault.path else str(name)
                why = f"{fault.message}, by the schema of Talos {self._schema.version}"
                raise InvalidBody(what, why, fault.fix or None, where=machine.origin)
        check_documents(machine, documents)
        self._check_image(machine, documents[0])
        return documents

    def _check_image(self, machine: Machine, config: Manifest) -> None:
        """Raise InvalidValue for an installer of another version or schematic."""
        image = str(mapping(mapping(config.get("machine")).get("install")).get("image") or "")
        if not image or "@" in image:
            return
        repository, _, tag = image.rpartition(":")
        if tag != self.version:
            why = f"is not of Talos {self.version}"
            raise InvalidValue(f"image {image!r}", why, where=machine.origin)
        schematic = machine.schematic or self.schematic
        if schematic is None or not repository.startswith(f"{HOST}/"):
            return
        if repository.rpartition("/")[2] != schematic.id:
            why, fix = "is of another schematic", "write schematic.image(version)"
            raise InvalidValue(f"image {image!r}", why, fix, where=machine.origin)

    def _check_addresses(self) -> None:
        """Raise an error for an address that two nodes, or a node and a virtual IP, have."""
        taken: dict[Address, Machine] = {ip_address(each.address): each for each in self.nodes}
        for node in self.nodes:
            for address in addresses(self.documents[node.name]):
                other = taken.setdefault(address, node)
                if other is not node:
                    why = f"is an address of {other.name} too"
                    raise DuplicateObject(f"address {address}", why, where=node.origin)
        for node in self.nodes:
            config = self.documents[node.name][0]
            ranges = list(self._ranges(config))
            for text in virtual_ips(self.documents[node.name]):
                self._check_virtual(node, text, taken)
            for address in (each for each, owner in taken.items() if owner is node):
                for what, network in ranges:
                    if address in network:
                        why = f"is in {network}, one of {what}"
                        raise InvalidValue(f"address {address}", why, where=node.origin)

    def _check_virtual(self, node: Machine, text: str, taken: Mapping[Address, Machine]) -> None:
        try:
            virtual = ip_address(text)
        except ValueError:
            raise InvalidValue(f"virtual IP {text!r}", "is not valid", where=node.origin) from None
        if node.role != "controlplane":
            why = f"is on worker {node.name}: only control plane nodes hold one"
            raise InvalidValue(f"virtual IP {text}", why, where=node.origin)
        if virtual in taken:
            why = f"is the address of {taken[virtual].name}"
            raise InvalidValue(f"virtual IP {text}", why, "use a free address", where=node.origin)
        self.network.check_free(f"virtual IP {text}", virtual, node.origin)

    def _ranges(self, config: Manifest) -> Iterator[tuple[str, Network]]:
        """Yield the networks of pods and Services; raises InvalidValue if two of them overlap."""
        network = mapping(mapping(config.get("cluster")).get("network"))
        found = [
            (key, network_of(key, each))
            for key in ("podSubnets", "serviceSubnets")
            for each in sequence(network.get(key))
        ]
        for index, (key, one) in enumerate(found):
            for other_key, other in found[index + 1 :]:
                if one.version == other.version and one.overlaps(other):
                    why = f"overlaps {other} of {other_key}"
                    raise InvalidValue(f"{key} {one}", why, where=self.origin)
            yield key, one

    @property
    def is_complete(self) -> bool:
        """Return True if the files need no other input than the secrets that they refer to."""
        machines = [mapping(each[0].get("machine")) for each in self.documents.values()]
        return all("token" in machine and "ca" in machine for machine in machines)

    def files(self) -> Sequence[WrittenFile]:
        """Return the file of each node, and the schematics."""
        folder = f"{self.cluster.name}/{FOLDER}"
        made = [
            WrittenFile(f"{folder}/{name}.yaml", dump_all(documents).encode(), self.origin)
            for name, documents in self.documents.items()
        ]
        for name, schematic in self._schematics():
            made.append(WrittenFile(f"{folder}/{name}.yaml", schematic.text.encode(), self.origin))
        return made

    def _schematics(self) -> Iterator[tuple[str, Schematic]]:
        if self.schematic is not None:
            yield "schematic", self.schematic
        for node in self.nodes:
            if node.schematic is not None:
                yield f"{node.name}-schematic", node.schematic
