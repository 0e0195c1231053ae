"""Applications of talos."""

from pathlib import Path

from charts.apps.element_web import ElementWeb
from charts.apps.static_site import StaticSite
from charts.clusters.talos.namespaces import TalosNamespaces
from kubestrata import Cluster, Quantity
from kubestrata.constructs import Resources

_PAGE = Path(__file__).parents[2] / "apps" / "pages" / "test_web_server.html"


def run_applications(cluster: Cluster, namespaces: TalosNamespaces) -> None:
    """Add the applications."""
    StaticSite(
        cluster,
        "test-app",
        workload="test-web-server",
        namespace=namespaces.test_app,
        host="test",
        files={"index.html": _PAGE},
        resources=Resources(
            cpu=Quantity("10m"),
            memory=Quantity("16Mi"),
            cpu_limit=Quantity("100m"),
            memory_limit=Quantity("64Mi"),
        ),
    )
    ElementWeb(
        cluster,
        namespace=namespaces.matrix,
        server=cluster.domain,
        matrix=cluster.host("matrix"),
    )
