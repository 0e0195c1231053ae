"""infra: the cluster of data services, single sign-on, the registry and global observability."""

from charts.clusters.monosense.data import add_data
from charts.clusters.monosense.observability import GRAFANA, scrape_data, store_centrally
from charts.clusters.monosense.settings import ClusterSettings, GatewayAddresses, NodeSettings
from charts.clusters.monosense.shared import build_shared
from charts.clusters.monosense.tenants import add_infra_tenants
from kubestrata import Cluster, Platform

_PORTS = ("enp1s0f0np0", "enp1s0f1np1")

INFRA = ClusterSettings(
    name="infra",
    number=1,
    pods="10.244.0.0/16",
    services="10.245.0.0/16",
    dns_address="10.245.0.10",
    pool=("10.25.11.100", "10.25.11.119"),
    gateways=GatewayAddresses("10.25.11.100", "10.25.11.110", "10.25.11.111"),
    asn=64512,
    nodes=(
        NodeSettings(
            "infra-01", "10.25.11.11", "f8:f2:1e:20:57:*", "i40e", _PORTS, "eui.6479a7726a304b94"
        ),
        NodeSettings(
            "infra-02", "10.25.11.12", "3c:fd:fe:35:10:*", "i40e", _PORTS, "eui.6479a77cda30650b"
        ),
        NodeSettings(
            "infra-03", "10.25.11.13", "3c:fd:fe:35:02:*", "i40e", _PORTS, "eui.6479a7726a3054e5"
        ),
    ),
)


def infra(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    shared = build_shared(platform, INFRA, grafana=GRAFANA)
    data = add_data(shared.cluster, shared.namespaces, shared.storage)
    sso = add_infra_tenants(shared, data)
    scrape_data(shared, data)
    store_centrally(shared, senders=["apps"], sign_on=sso)
    return shared.cluster
