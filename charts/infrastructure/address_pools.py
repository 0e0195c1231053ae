"""The address pools of MetalLB, announced on the local network."""

from charts.infrastructure.metallb import MetalLb
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.traffic import MetalLbAddressPool, MetalLbL2Announcements


class AddressPools(Component):
    """One pool for the Ingress controller, one for DNS, and one for all other Services.

    Each of the first two has the one `address` that routers outside of the cluster know.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        metallb: MetalLb,
        namespace: Reference,
        ingress: str,
        dns: str,
        services: str,
    ) -> None:
        super().__init__(scope, "address-pools", layer="infrastructure", namespace=namespace)
        self.needs(metallb)
        self.ingress = MetalLbAddressPool(
            self, "ingress-pool", blocks=[f"{ingress}-{ingress}"], automatic=False
        )
        self.dns = MetalLbAddressPool(self, "dns-pool", blocks=[f"{dns}-{dns}"], automatic=False)
        self.services = MetalLbAddressPool(self, "services-pool", blocks=[services])
        MetalLbL2Announcements(
            self,
            "l2-advertisement",
            pools=[self.ingress.ref, self.dns.ref, self.services.ref],
            interfaces=["eth0"],
        )
