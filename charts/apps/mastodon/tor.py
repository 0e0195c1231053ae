"""Tor for Mastodon: the site's own address there, and a proxy to other sites there."""

from charts.apps.mastodon.environment import STREAMING_PORT, WEB_PORT
from charts.apps.mastodon.mastodon import Mastodon
from charts.apps.mastodon.placement import SPARE_NODES
from kubestrata import Cluster, Component, Image, Reference, ServiceReference
from kubestrata.constructs import (
    Availability,
    Container,
    ContainerException,
    ExtraContainer,
    Justification,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Scaling,
    SecretReference,
    Volume,
    Workload,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

_TOR = Image("containers.torproject.org/tpo/onion-services/onimages/tor:alpine")
_PROXY = Image("ghcr.io/avpnusr/torprivoxy:25-10-2025")
# Tor's user in Alpine.
_USER = 100
_DATA, _SETTINGS, _KEYS = "/var/lib/tor", "/etc/tor", "/secret"
_SERVICE = f"{_DATA}/hidden_service"
_PROXY_PORT, _SOCKS_PORT = 8118, 9050
_RESOURCES = Resources.of("10m", "64Mi", "200m", "256Mi")
_ALONE = Availability(spread_zones=False, spread_nodes=False)
_OWNER, _EXPIRES = "platform", "2027-05-31"


def _why(reason: str) -> Justification:
    return Justification(reason=reason, owner=_OWNER, expires=_EXPIRES)


_KEY_OWNER = _why("it gives the keys of the site in Tor to Tor's user")
_STARTS_AS_ROOT = _why("the image starts two daemons as root, which change to users of their own")


class TorProxy(Component):
    """A proxy for HTTP in Tor; `service` is its port for HTTP."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        super().__init__(scope, "mastodon-tor-proxy", layer="platform", namespace=namespace)
        proxy = Workload(
            self,
            "tor-proxy",
            image=_PROXY,
            container=Container(
                port=None,
                ports={"proxy": _PROXY_PORT, "socks": _SOCKS_PORT},
                probes=Probes(liveness=Probe(period_seconds=30), readiness=Probe()),
                resources=_RESOURCES,
                exceptions=[
                    ContainerException.root_user(_STARTS_AS_ROOT),
                    ContainerException.writable_root(_STARTS_AS_ROOT),
                    ContainerException.capabilities(
                        "CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID", why=_STARTS_AS_ROOT
                    ),
                ],
            ),
            pod=PodSettings(labels={"app": "tor-proxy"}, scheduling=SPARE_NODES),
            scaling=Scaling.fixed(1),
            availability=_ALONE,
        )
        self.service: ServiceReference = proxy.service


class OnionService(Component):
    """Tor with the address of the site there, which it forwards to the Services of Mastodon.

    `keys` has the files of the address, each in base64. `claim` is the volume with Tor's state.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, keys: SecretReference, mastodon: Mastodon
    ) -> None:
        super().__init__(scope, "mastodon-onion", layer="platform", namespace=namespace)
        self.needs(mastodon)
        settings = ConfigFiles(
            self,
            "mastodon-onion-torrc",
            content=[FileContent.text("torrc", _torrc(mastodon))],
        ).reference
        Workload(
            self,
            "mastodon-onion",
            image=_TOR,
            container=Container(
                port=None,
                args=["tor", "-f", f"{_SETTINGS}/torrc"],
                mounts={_DATA: "state", _SETTINGS: "settings"},
                resources=_RESOURCES,
            ),
            pod=PodSettings(
                init_containers={"restore-onion": _RESTORE},
                labels={"app": "mastodon-onion"},
                security=PodSecurity(user=_USER),
                scheduling=SPARE_NODES,
                volumes={
                    "state": Volume.claim("1Gi", name="mastodon-onion"),
                    "settings": Volume.config_map(settings.name),
                    "keys": Volume.secret(keys.name),
                },
            ),
            availability=_ALONE,
        )


def _torrc(mastodon: Mastodon) -> str:
    web, streaming = mastodon.web.service, mastodon.streaming.service
    return f"""\
RunAsDaemon 0
DataDirectory {_DATA}
Log notice stdout
Log info file {_DATA}/notice.log
ServerDNSResolvConfFile /etc/resolv.conf
AssumeReachable 1
HiddenServiceDir {_SERVICE}
HiddenServiceVersion 3
HiddenServicePort 80 {web.host}:{WEB_PORT}
HiddenServicePort {STREAMING_PORT} {streaming.host}:{STREAMING_PORT}
"""


_RESTORE = ExtraContainer(
    image=_TOR,
    command=["/bin/sh", "-e", "/scripts/restore.sh"],
    files={
        "/scripts/restore.sh": f"""\
mkdir -p {_SERVICE}
for name in hostname hs_ed25519_public_key hs_ed25519_secret_key; do
  base64 -d "{_KEYS}/$name" > "{_SERVICE}/$name"
done
chmod 700 {_DATA} {_SERVICE}
chmod 600 {_SERVICE}/*
chown -R {_USER}:{_USER} {_DATA}
"""
    },
    mounts={_DATA: "state", _KEYS: "keys"},
    resources=_RESOURCES,
    exceptions=[
        ContainerException.root_user(_KEY_OWNER),
        ContainerException.capabilities("CHOWN", "DAC_OVERRIDE", "FOWNER", why=_KEY_OWNER),
    ],
)
