"""The page of a bootstrap: a command for each phase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import join

from kubestrata.constructs.bootstrap.part import Command, Wait
from kubestrata.constructs.talos import MachineConfiguration
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping
from kubestrata.core.yaml_text import dump_all

_VARIABLE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")


class Phases(Frozen):
    """The phases that a bootstrap has."""

    cluster: str
    machines: MachineConfiguration | None
    has_prerequisites: bool
    has_secrets: bool
    has_crds: bool
    helm: Sequence[str]
    has_delivery: bool
    waits: Sequence[Wait] = ()
    commands: Sequence[Command] = ()

    def of(self, phase: str) -> list[str]:
        """Return the commands of a phase."""
        return [f"# {each.purpose}\n{each.line}" for each in self.commands if each.phase == phase]


def page(phases: Phases) -> str:
    """Return the page, in Markdown."""
    lines = [
        f"# Bootstrap of {phases.cluster}",
        "",
        "Run the commands of each phase in order, in this folder. Charts, versions and values are",
        "those that the delivery reconciles from then on: both come from the same components.",
    ]
    for number, (title, text, commands) in enumerate(_phases(phases), start=1):
        lines += ["", f"## {number}. {title}", "", text, "", "```sh", *commands, "```"]
    return "\n".join((*lines, ""))


def _phases(phases: Phases) -> Iterator[tuple[str, str, Sequence[str]]]:
    if phases.machines is not None:
        text = (
            "Every node in maintenance mode gets its configuration, and the first one starts etcd."
        )
        yield "Nodes", text, [*phases.of("nodes"), *_nodes(phases.machines)]
    if phases.has_prerequisites or phases.of("prerequisites"):
        inject = " | op inject" if phases.has_secrets else ""
        line = f"kubectl kustomize prerequisites{inject} | kubectl apply --server-side --filename -"
        text = "Objects that must exist before the delivery runs"
        text += ", with Secrets whose values come from 1Password." if phases.has_secrets else "."
        lines = [line] if phases.has_prerequisites else []
        yield "Prerequisites", text, [*lines, *phases.of("prerequisites")]
    crds = ["kubectl apply --server-side --kustomize crds"] if phases.has_crds else []
    if "crds" in phases.helm:
        crds.append("helmfile --file helmfile.yaml --selector phase=crds sync")
    if crds:
        yield "CRDs", "Definitions whose kinds the charts of the next phase create.", crds
    if "core" in phases.helm:
        line = "helmfile --file helmfile.yaml --selector phase=core sync"
        yield "Core releases", "Each release waits for the one before it.", [line]
    last = phases.of("delivery")
    if phases.has_delivery:
        last.append("kubectl apply --server-side --kustomize delivery")
    last += [join(["kubectl", *each.arguments]) for each in phases.waits]
    if last:
        yield "Delivery", "From here on the delivery reconciles the cluster.", last


def _nodes(machines: MachineConfiguration) -> Iterator[str]:
    """Yield the commands for the nodes; complete configurations only need their secrets."""
    for node in machines.nodes:
        file = f"../talos/{node.name}.yaml"
        if machines.is_complete:
            source = f"<(op inject --in-file {file})"
        else:
            endpoint, name = _cluster(machines)
            variables = sorted({*_VARIABLE.findall(dump_all(machines.documents[node.name]))})
            filled = f"<(envsubst '{' '.join(variables)}' < {file})" if variables else file
            yield (
                f"talosctl gen config {name} {endpoint} --talos-version {machines.version} \\\n"
                f"  --with-secrets secrets.yaml --config-patch @{filled} \\\n"
                f"  --output-types {node.role} --output {node.name}.yaml"
            )
            source = f"{node.name}.yaml"
        yield f"talosctl apply-config --insecure --nodes {node.address} --file {source}"
    first = next((each for each in machines.nodes if each.role == "controlplane"), None)
    if first is not None:
        target = f"--nodes {first.address} --endpoints {first.address}"
        yield f"talosctl bootstrap {target}"
        yield f"talosctl kubeconfig {target}"


def _cluster(machines: MachineConfiguration) -> tuple[str, str]:
    """Return the address of the API server and the name of the cluster."""
    documents = machines.documents[machines.nodes[0].name]
    cluster = mapping(documents[0].get("cluster"))
    endpoint = str(mapping(cluster.get("controlPlane")).get("endpoint") or "https://API:6443")
    return endpoint, str(cluster.get("clusterName") or machines.cluster.name)
