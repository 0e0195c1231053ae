"""Private ingress: Services on the tailnet."""

from charts import catalogue
from charts.infrastructure.karpenter_nodepools import NodeChoice
from charts.resource_request import resources
from kubeapis import k8s
from kubeapis import tailscale as api
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import (
    Availability,
    ExternalSecret,
    Flow,
    HelmRelease,
    Pods,
    SecretSource,
)
from kubestrata.constructs.network import NetworkPort
from kubestrata.constructs.observability import Scrape
from kubestrata.constructs.scaling import topology_spread_constraints
from kubestrata.constructs.workload import tolerations

_NAME = "tailscale-operator"
# The chart uses the Secret with this name.
_LOGIN = "operator-oauth"
_CONTROL_PLANE = ("*.tailscale.com", "log.tailscale.io")
_TAG = "tag:k8s"
_DEFAULT = "general"
_WIREGUARD = NetworkPort(41641, "UDP")


class TailscaleOperator(Component):
    """The operator, a ProxyClass for each private Gateway, and a ProxyGroup for egress.

    Proxies run on different nodes of `nodes` where they can.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, nodes: NodeChoice) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        home = namespace.object_name
        proxies = Pods("tailscale-proxies", home, {"tailscale.com/managed": "true"})
        self._operator(Pods(_NAME, home, {"app": "operator"}), proxies)
        general = _proxy_class(self, _DEFAULT, proxies, nodes)
        self.admin = _proxy_class(self, "admin", proxies, nodes).ref
        self.proxy_group = api.ProxyGroup(
            self,
            "ts-proxies",
            spec=api.ProxyGroupSpec(
                type="egress", replicas=2, tags=[_TAG], proxy_class=general.name
            ),
        )

    def _operator(self, pods: Pods, proxies: Pods) -> None:
        keys = ["client_id", "client_secret"]
        source = SecretSource.all_of("tailscale/k8s-operator/oauth-client", keys=keys)
        ExternalSecret(self, _LOGIN, source=source)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.TAILSCALE_OPERATOR.without_crds(),
            values=_VALUES,
        )
        # Neither has the release's instance label.
        flows = [Flow.to_kubernetes_api(), Flow.to_hosts(*_CONTROL_PLANE)]
        self.release.allow(*flows, pods=pods)
        # Behind a proxy is a Gateway, which applies the proxy's egress policy to the backends.
        self.release.allow(Flow.to_anywhere(), Flow.from_internet(_WIREGUARD), pods=proxies)
        Scrape(self, "tailscale-proxies", pods=proxies, port="metrics")


_VALUES: JsonObject = {
    "installCRDs": False,
    "operatorConfig": {
        "defaultTags": ["tag:k8s-operator"],
        "resources": resources("50m", "128Mi", "256Mi"),
    },
    "proxyConfig": {"defaultTags": _TAG, "defaultProxyClass": _DEFAULT},
}


def _proxy_class(
    component: Component, name: str, proxies: Pods, nodes: NodeChoice
) -> api.ProxyClass:
    resources = k8s.ResourceRequirements(
        requests={"cpu": "20m", "memory": "64Mi"}, limits={"memory": "256Mi"}
    )
    pod = api.ProxyClassSpecStatefulSetPod(
        tailscale_container=api.ProxyClassSpecStatefulSetPodTailscaleContainer(resources=resources),
        node_selector=nodes.selector,
        tolerations=tolerations(nodes.scheduling),
        topology_spread_constraints=topology_spread_constraints(
            Availability(spread_zones=False), proxies.labels, rollout=()
        ),
    )
    return api.ProxyClass(
        component,
        name,
        spec=api.ProxyClassSpec(
            metrics=api.ProxyClassSpecMetrics(enable=True),
            stateful_set=api.ProxyClassSpecStatefulSet(pod=pod),
        ),
    )
