"""Logins of mycluster-0: the applications that people register in Zitadel by hand."""

from charts.infrastructure.flux_operator import flux_application
from charts.observability.grafana_login import grafana_application
from charts.observability.grafana_value import ADMIN_PASSWORD, ADMIN_USER
from charts.tooling.headlamp import SETTINGS, headlamp_application
from kubestrata import Cluster, Host
from kubestrata.constructs.identity import StoredEntry, StoredLogins


def logins(cluster: Cluster, private: Host) -> StoredLogins:
    """Return Zitadel with its clients, whose applications are in the domain `private`."""
    grafana = "observability/victoria-metrics-k8s-stack/grafana-envvars"
    administrator = [ADMIN_USER, ADMIN_PASSWORD]
    return StoredLogins(
        issuer=f"https://{cluster.host('auth')}",
        clients=[
            StoredEntry(flux_application(private, cluster.name), "security/flux/ui-oidc"),
            StoredEntry(grafana_application(private.sub("grafana")), grafana, more=administrator),
            StoredEntry(
                headlamp_application(private.sub("headlamp")), "headlamp/envvars", more=SETTINGS
            ),
        ],
    )
