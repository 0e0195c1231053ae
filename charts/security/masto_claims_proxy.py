"""A proxy that adds the roles of Mastodon's accounts to what Dex reads of them."""

from pathlib import Path

from kubestrata import Cluster, Component, Host, Image, Quantity, Reference
from kubestrata.constructs import (
    Container,
    ExtraContainer,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    Volume,
    Workload,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

_NAME = "masto-claims-proxy"
_IMAGE = Image("python:3.14-slim")
_PROGRAM = Path(__file__).parent / "claims_proxy" / "main.py"
_REQUIREMENTS = """\
fastapi==0.115.0
httpx==0.27.2
uvicorn[standard]==0.32.0
"""
# Not 80, which needs root; the Service has 80.
_PORT = 8080
_APP, _PACKAGES = "/app", "/deps"
_RESOURCES = Resources.of("50m", "128Mi", ephemeral_storage="768Mi")
_TEMPORARY = {"/tmp": Quantity("256Mi")}  # noqa: S108  # a volume


class MastoClaimsProxy(Component):
    """Two pods that ask `mastodon` for the account of a token; `service` is theirs.

    Packages are installed from PyPI when a pod starts.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, mastodon: Host) -> None:
        super().__init__(scope, _NAME, layer="infrastructure", namespace=namespace)
        program = ConfigFiles(
            self,
            _NAME,
            content=[
                FileContent.file(_PROGRAM),
                FileContent.text("requirements.txt", _REQUIREMENTS),
            ],
        ).reference
        self.service = Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=Container(
                port=_PORT,
                command=["python", "-m", "uvicorn", "main:app"],
                args=["--host", "0.0.0.0", "--port", str(_PORT)],  # noqa: S104  # a pod's own
                env={
                    "MASTODON_BASE": f"https://{mastodon}",
                    "PYTHONPATH": _PACKAGES,
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                working_folder=_APP,
                mounts={_APP: "program", _PACKAGES: "packages"},
                probes=Probes(
                    readiness=Probe(path="/healthz", initial_delay_seconds=3),
                    liveness=Probe(path="/healthz", initial_delay_seconds=10, period_seconds=20),
                ),
                resources=_RESOURCES,
            ),
            pod=PodSettings(
                init_containers={"install": _INSTALL},
                volumes={
                    "program": Volume.config_map(program.name),
                    "packages": Volume.empty("256Mi"),
                },
            ),
            scaling=Scaling.fixed(2),
        ).service


_INSTALL = ExtraContainer(
    image=_IMAGE,
    command=["python", "-m", "pip", "install", "--no-cache-dir"],
    args=["--target", _PACKAGES, "--requirement", f"{_APP}/requirements.txt"],
    mounts={_APP: "program", _PACKAGES: "packages"},
    writable=_TEMPORARY,
    resources=_RESOURCES,
)
