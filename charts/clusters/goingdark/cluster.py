"""goingdark: Talos at Hetzner, delivered by Argo CD, for one Mastodon server."""

from charts.clusters.goingdark.apps import run_apps
from charts.clusters.goingdark.bootstrap import bootstrap
from charts.clusters.goingdark.infrastructure import Foundation, found, open_tunnel
from charts.clusters.goingdark.machine import configure_machines
from charts.clusters.goingdark.mastodon import run_mastodon
from charts.clusters.goingdark.namespaces import Namespaces
from charts.clusters.goingdark.observability import observe
from charts.clusters.goingdark.secrets import fetch_credentials
from charts.clusters.goingdark.sign_on import sign_on
from charts.observability.single_node_stack import MONITORING
from kubestrata import (
    ArgoCd,
    Cluster,
    Cron,
    Duration,
    GitRepository,
    Host,
    Platform,
    ProjectRole,
    SyncWindow,
)
from kubestrata.constructs import OpenNetwork
from kubestrata.constructs.talos import ExtraManifest, TalosManifests
from kubestrata.constructs.traffic import GatewayApi

_REPOSITORY = "https://github.com/goingdark-social/IaC.git"
_ARGO_CD = ArgoCd(
    repository=GitRepository(url=_REPOSITORY),
    # Objects of charts are not committed here: Argo CD renders them.
    charts="source",
    layout="application-sets",
    roles=[ProjectRole("admin", ["*"]), ProjectRole("readonly")],
    warns_of_orphans=True,
    # Together always open: each minute begins one of 24 hours.
    sync_windows=[
        SyncWindow("allow", Cron("* * * * *"), Duration("24h"), manual_sync=True),
        SyncWindow("allow", Cron("0 * * * *"), Duration("1h"), manual_sync=True),
    ],
)
# Argo CD adds the experimental channel in the same version.
_GATEWAY_API = (
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/{revision}"
    "/standard-install.yaml"
)


def goingdark(platform: Platform) -> Cluster:
    """Build the cluster with all of its components, dependencies first."""
    cluster = Cluster(
        platform,
        "goingdark",
        domain=Host("goingdark.social"),
        delivery=_ARGO_CD,
        kubernetes="1.33",
        layers=("infrastructure", "platform"),
        # Policies are written for single workloads; no namespace denies by default.
        offers=[OpenNetwork(), GatewayApi(tls_route="v1alpha2"), MONITORING],
    )
    configure_machines(cluster)
    namespaces = Namespaces(cluster)
    foundation: Foundation = found(cluster, namespaces)
    credentials = fetch_credentials(cluster, namespaces)
    open_tunnel(cluster, namespaces, foundation, credentials.tunnel)
    argo = sign_on(cluster, namespaces, foundation)
    bootstrap(cluster, namespaces, argo)
    adapter = observe(cluster, namespaces, foundation, credentials.exporter)
    run_mastodon(cluster, namespaces, foundation, adapter)
    run_apps(cluster, namespaces, foundation, credentials.hypebot)
    TalosManifests(
        cluster,
        # Their first Secrets are created by hand, before Argo CD runs.
        inline=[namespaces.argocd, namespaces.external_secrets],
        extra=[ExtraManifest(foundation.gateway_api, _GATEWAY_API)],
    )
    return cluster
