"""Applications of talos."""

from pathlib import Path

from charts.apps.element_web import ElementWeb
from charts.apps.firecrawl import Firecrawl, FirecrawlImages
from charts.apps.matrix_synapse import MatrixSecrets, MatrixSynapse
from charts.apps.static_site import StaticSite
from charts.clusters.talos.infrastructure import Foundation
from charts.clusters.talos.namespaces import Namespaces
from charts.clusters.talos.tooling import KUBECTL
from charts.infrastructure.trusted_bundle import TrustedBundle
from kubestrata import Cluster, Image
from kubestrata.constructs import Resources

_PAGE = Path(__file__).parents[2] / "apps" / "pages" / "test_web_server.html"
# An input of whoever delivers this cluster
_FIRECRAWL = FirecrawlImages(
    server=Image("ghcr.io/firecrawl/firecrawl:to-be-pinned"),
    browser=Image("ghcr.io/firecrawl/playwright-service:to-be-pinned"),
    queue=Image("ghcr.io/firecrawl/nuq-postgres:to-be-pinned"),
    cache=Image("docker.io/library/redis:to-be-pinned"),
)


def run_apps(cluster: Cluster, namespaces: Namespaces, foundation: Foundation) -> None:
    """Add the applications."""
    StaticSite(
        cluster,
        "test-app",
        workload="test-web-server",
        namespace=namespaces.test_app,
        host="test",
        files={"index.html": _PAGE},
        resources=Resources.of("10m", "16Mi", "100m", "64Mi"),
    )
    MatrixSynapse(
        cluster,
        secrets=MatrixSecrets(cluster, namespace=namespaces.matrix),
        storage_class=foundation.storage_class,
        trusted=TrustedBundle(foundation.bundle.copy_in(namespaces.matrix)),
        kubectl=KUBECTL,
    )
    ElementWeb(
        cluster,
        namespace=namespaces.matrix,
        server=cluster.domain,
        matrix=cluster.host("matrix"),
    )
    Firecrawl(cluster, namespace=namespaces.firecrawl, images=_FIRECRAWL)
