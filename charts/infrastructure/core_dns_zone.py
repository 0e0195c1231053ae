"""Name resolution of pods, with a zone of the cluster's own server."""

from kubeapis import k8s
from kubestrata import Cluster, Component, Host, Reconcile, Reference

_COREFILE = """\
{zone}:53 {{
    errors
    cache 30
    forward . {server}
}}
.:53 {{
    errors
    health {{
        lameduck 5s
    }}
    ready
    log . {{
        class error
    }}
    prometheus :9153
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }}
    forward . /etc/resolv.conf {{
        max_concurrent 1000
    }}
    cache 30 {{
        disable success cluster.local
        disable denial cluster.local
    }}
    loop
    reload
    loadbalance
}}
"""


class CoreDnsZone(Component):
    """The ConfigMap of CoreDNS: names of `zone` are resolved by `server`, an address.

    It replaces the ConfigMap that Talos creates. Without this, self-checks of ACME challenges ask
    for the nameservers of the zone, which the zone itself names.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, zone: Host, server: str) -> None:
        # Without it no pod could resolve names.
        reconcile = Reconcile(prune=False)
        super().__init__(
            scope, "coredns", layer="infrastructure", namespace=namespace, reconcile=reconcile
        )
        text = _COREFILE.format(zone=str.__str__(zone), server=server)
        k8s.ConfigMap(self, "coredns", data={"Corefile": text})
