"""Gateway classes and their configuration."""

from __future__ import annotations

from typing import Final, Literal

from kubeapis import cilium, k8s
from kubeapis import gateway as api
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

_CONTROLLER: Final = "io.cilium/gateway-controller"


class CiliumGatewayClass(Construct):
    """A GatewayClass of Cilium, with its CiliumGatewayClassConfig `id`.

    `load_balancer_class` selects the load balancer that gives the Gateways' Services an address:
    `tailscale`, `service.k8s.aws/nlb`; None is the cluster's default.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        load_balancer_class: str | None = None,
        external_traffic_policy: Literal["Cluster", "Local"] | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-gateway-class")
        self.config = cilium.CiliumGatewayClassConfig(
            self,
            "config",
            metadata=k8s.ObjectMeta(name=id),
            spec=cilium.CiliumGatewayClassConfigSpec(
                service=cilium.CiliumGatewayClassConfigSpecService(
                    type="LoadBalancer",
                    load_balancer_class=load_balancer_class,
                    external_traffic_policy=external_traffic_policy,
                )
            ),
        )
        self.resource = api.GatewayClass(
            self,
            id,
            spec=api.GatewayClassSpec(
                controller_name=_CONTROLLER,
                parameters_ref=api.GatewayClassSpecParametersRef(
                    group="cilium.io",
                    kind="CiliumGatewayClassConfig",
                    name=self.config.name,
                    namespace=self.config.namespace,
                ),
            ),
        )
        self.ref: Reference = self.resource.ref
