"""R25: Cilium announces something to its BGP peers."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.field import values
from kubestrata.rules.link.unseen import dynamic
from kubestrata.rules.rule import Rule
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.traffic.cilium import CILIUM
from kubestrata.rules.violation import Finding, Severity


def _check(tree: ClusterTree) -> Iterator[Finding]:
    advertised = tree.of_kind(CILIUM, "CiliumBGPAdvertisement")
    for each in advertised:
        for path, value in values(each.manifest, "spec.advertisements[]"):
            entry = mapping(value)
            if entry.get("advertisementType") == "Service" and entry.get("selector") is None:
                said = "without a selector the advertisement matches no Service"
                fix = "select Services, or all: {key: never, operator: DoesNotExist}"
                yield each.finding(f"{path}.selector", said, fix)
    for peer in tree.of_kind(CILIUM, "CiliumBGPPeerConfig"):
        for path, value in values(peer.manifest, "spec.families[].advertisements"):
            selector = mapping(value)
            if dynamic(tree, selector) or any(selects(selector, one.labels) for one in advertised):
                continue
            said = "selects no CiliumBGPAdvertisement"
            yield peer.finding(path, said, "", None if advertised else Severity.WARNING)


RULES = (
    Rule(
        "R25",
        "an advertisement of Cilium's BGP selects Services, and a peer's family an advertisement",
        "routers learn no address, and load balancers cannot be reached",
        _check,
    ),
)
