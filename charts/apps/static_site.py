"""Files that nginx serves without its root user."""

from collections.abc import Mapping
from pathlib import Path

from kubestrata import Cluster, Component, Image, Quantity, Reference
from kubestrata.constructs import (
    Container,
    Exposure,
    PodSecurity,
    PodSettings,
    Probes,
    Resources,
    Scaling,
    Workload,
)

_PORT = 8080
# The user `nginx` of the image.
_USER = 101
_SERVER = f"""\
server {{
  listen {_PORT};
  root /usr/share/nginx/html;
}}
"""


class StaticSite(Component):
    """Pods of nginx with `files` below its root folder, at one public host."""

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        namespace: Reference,
        host: str,
        files: Mapping[str, Path],
        resources: Resources,
        workload: str | None = None,
    ) -> None:
        """`host` is a label in the cluster's domain.

        `workload` is the name of the Deployment, by default the component's.
        """
        super().__init__(scope, name, layer="apps", namespace=namespace)
        Workload(
            self,
            workload or name,
            image=Image("docker.io/library/nginx:1.25-alpine"),
            container=Container(
                port=_PORT,
                files={
                    "/etc/nginx/conf.d/default.conf": _SERVER,
                    **{f"/usr/share/nginx/html/{path}": file for path, file in files.items()},
                },
                writable={"/run": Quantity("1Mi"), "/var/cache/nginx": Quantity("16Mi")},
                probes=Probes(liveness="/", readiness="/"),
                resources=resources,
            ),
            pod=PodSettings(security=PodSecurity(user=_USER)),
            scaling=Scaling.fixed(2),
            route=Exposure(visibility="public", host=host),
        )
