"""What people of the organisation work with on mycluster-0."""

from charts.infrastructure.namespaces import Namespaces
from charts.tooling.harbor import Harbor
from kubestrata import Cluster


def equip(cluster: Cluster, namespaces: Namespaces) -> None:
    """The tools of the layer `tooling` that have a page of their own."""
    Harbor(cluster, namespace=namespaces.tooling)
