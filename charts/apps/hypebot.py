"""hypebot: an account of a Mastodon server that boosts posts of others."""

from msgspec.structs import replace

from kubeapis import k8s
from kubestrata import Cluster, Component, Image, Reference, TypedPatch
from kubestrata.constructs import (
    Container,
    ContainerException,
    Justification,
    Mount,
    PodSettings,
    Scaling,
    SecretReference,
    Volume,
    Workload,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

_NAME = "hypebot"
_IMAGE = Image("ghcr.io/goingdark-social/hypebot:v0.3.31")
_ENTRYPOINT = "/entrypoint.sh"
_WRITES = Justification(
    reason="its login is written into a folder of the image when it starts",
    owner="platform",
    expires="2027-05-31",
)
_START = """\
#!/bin/sh
set -e
cat > /app/config/auth.yaml <<END
bot_account:
  server: "$BOT_SERVER"
  access_token: "$BOT_TOKEN"
END
exec python -m hype
"""


class Hypebot(Component):
    """A Deployment with one pod; `login` has the keys `server` and `access_token`."""

    def __init__(self, scope: Cluster, *, namespace: Reference, login: SecretReference) -> None:
        super().__init__(scope, _NAME, layer="platform", namespace=namespace)
        start = ConfigFiles(
            self, "hype-entrypoint", content=[FileContent.text("entrypoint.sh", _START)]
        ).reference
        Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=Container(
                port=None,
                command=[_ENTRYPOINT],
                env={
                    "BOT_SERVER": login.key("server"),
                    "BOT_TOKEN": login.key("access_token"),
                },
                mounts={
                    _ENTRYPOINT: Mount(volume="entrypoint", sub_path="entrypoint.sh"),
                    "/app/logs": "logs",
                },
                exceptions=[ContainerException.writable_root(_WRITES)],
            ),
            pod=PodSettings(
                volumes={
                    "entrypoint": Volume.config_map(start.name, mode=0o755),
                    "logs": Volume.empty("64Mi"),
                },
            ),
            scaling=Scaling.fixed(1),
            patches=[TypedPatch(k8s.PodSecurityContext, _user_of_the_image)],
        )


def _user_of_the_image(context: k8s.PodSecurityContext) -> k8s.PodSecurityContext:
    """Return the context without a user: only that of the image can write its folders."""
    return replace(context, run_as_user=None, run_as_group=None, fs_group=None)
