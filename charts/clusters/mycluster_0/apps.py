"""Apps of mycluster-0, and their pages."""

from charts.apps.image_gallery import ImageGallery
from charts.apps.podinfo import Podinfo
from charts.clusters.mycluster_0.namespaces import Namespaces
from charts.clusters.mycluster_0.observability import Observability
from charts.tooling.homepage import Page
from charts.tooling.pev2 import Pev2
from kubestrata import Cluster


def run_apps(cluster: Cluster, namespaces: Namespaces, watched: Observability) -> list[Page]:
    """Add the apps of teams; return their pages."""
    gallery = ImageGallery(
        cluster,
        namespace=namespaces.apps,
        metrics=watched.stack.ingestion,
        traces=watched.traces.server.behind(watched.traces.query),
    )
    # Its dashboard becomes ready in Grafana alone.
    gallery.needs(watched.grafana.ref)
    podinfo = Podinfo(cluster, namespace=namespaces.apps)
    pev2 = Pev2(cluster, namespace=namespaces.tooling)
    pages = {
        "Image gallery": (gallery.app, "Pictures, and their metadata", "photoprism"),
        "Podinfo": (podinfo.app, "A web server that shows its environment", "kubernetes"),
        "PEV2": (pev2.app, "Query plans of PostgreSQL", "postgresql"),
    }
    return [
        Page(title, app.route, text, icon)
        for title, (app, text, icon) in pages.items()
        if app.route is not None
    ]
