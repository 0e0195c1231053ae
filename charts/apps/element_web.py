"""Element: a client of Matrix in the browser."""

from kubestrata import Cluster, Component, Host, Image, Json, Quantity, Reference
from kubestrata.constructs import (
    Container,
    Exposure,
    FileContent,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    Workload,
)

_NAME = "element-web"
_IMAGE = Image("docker.io/vectorim/element-web:v1.11.90")
# The user of the image; it may bind the port that the image listens on.
_USER, _PORT = 101, 80
_TEMPORARY = "/tmp"  # noqa: S108  # a volume of the pod
_INTEGRATIONS = "https://scalar.vector.im"


class ElementWeb(Component):
    """One pod at `chat` in the cluster's domain, for the homeserver `server` at `matrix`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, server: Host, matrix: Host) -> None:
        super().__init__(scope, _NAME, layer="apps", namespace=namespace)
        settings = FileContent.json("config.json", _settings(server, matrix), indent=2)
        text = settings.entries["config.json"]
        Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=Container(
                port=_PORT,
                env={"NGINX_ENVSUBST_OUTPUT_DIR": _TEMPORARY},
                files={"/app/config.json": str(text)},
                writable={_TEMPORARY: Quantity("16Mi"), "/var/cache/nginx": Quantity("16Mi")},
                probes=Probes(
                    liveness=Probe(path="/", initial_delay_seconds=10, period_seconds=30),
                    readiness=Probe(path="/", initial_delay_seconds=5, period_seconds=10),
                ),
                resources=Resources.of("50m", "64Mi", "200m", "128Mi"),
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
            scaling=Scaling.fixed(1),
            route=Exposure(visibility="public", host="chat"),
        )


def _settings(server: Host, matrix: Host) -> dict[str, Json]:
    return {
        "default_server_config": {
            "m.homeserver": {"base_url": f"https://{matrix}", "server_name": server}
        },
        "brand": "Element",
        "integrations_ui_url": f"{_INTEGRATIONS}/",
        "integrations_rest_url": f"{_INTEGRATIONS}/api",
        "integrations_widgets_urls": [f"{_INTEGRATIONS}/_matrix/integrations/v1"],
        "show_labs_settings": True,
    }
