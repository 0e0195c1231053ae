"""CryptPad: documents that are encrypted in the browser."""

import json
from collections.abc import Mapping

from kubestrata import Cluster, Component, Host, Image, Json, Reference, waive
from kubestrata.constructs import (
    Container,
    ContainerException,
    GatewayReference,
    Justification,
    Mount,
    PodSecurity,
    PodSettings,
    Probe,
    Probes,
    Resources,
    Route,
    Volume,
    Workload,
)
from kubestrata.constructs.config import ConfigFiles, FileContent

_NAME = "cryptpad"
_IMAGE = Image("docker.io/cryptpad/cryptpad:version-2025.6.0")
_PORT, _USER = 3000, 4001
_HOME = "/cryptpad"
_CONFIG = f"{_HOME}/config/config.js"
_FOLDERS = {
    "archivePath": "archive",
    "blobPath": "blob",
    "blobStagingPath": "blobstage",
    "blockPath": "block",
    "filePath": "store",
    "pinPath": "pins",
    "taskPath": "tasks",
}
_WRITES = Justification(
    reason="it generates its pages below its own folder when it starts",
    owner="platform",
    expires="2027-05-31",
)


class CryptPad(Component):
    """A Deployment with one pod, its volume and settings, at two hosts of one gateway.

    `unsafe` is the host of the application, `safe` that of the sandbox in which documents are
    displayed. `administrator` is an address for users.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        unsafe: Host,
        safe: Host,
        administrator: str,
    ) -> None:
        super().__init__(scope, _NAME, layer="platform", namespace=namespace)
        content = FileContent.text("config.js", _script(_settings(unsafe, safe, administrator)))
        config = ConfigFiles(self, f"{_NAME}-config", content=[content]).reference
        pads = Workload(
            self,
            _NAME,
            image=_IMAGE,
            container=_CONTAINER,
            pod=PodSettings(
                labels={"app": _NAME},
                security=PodSecurity(user=_USER),
                volumes={
                    "data": Volume.claim("4Gi", name=_NAME),
                    "config": Volume.config_map(config.name),
                },
            ),
        )
        waive(
            "P31",
            pads.deployment,
            reason="it serves no other answer by which a deadlock differs from a high load",
            owner="platform",
            expires="2027-05-31",
        )
        behind = pads.endpoint.behind(pads.service)
        Route(self, _NAME, host=unsafe, also=[safe], gateway=gateway, to=behind)


_CONTAINER = Container(
    port=None,
    ports={"web": _PORT},
    env={"CPAD_CONF": _CONFIG},
    mounts={
        _CONFIG: Mount(volume="config", sub_path="config.js"),
        f"{_HOME}/data": "data",
        f"{_HOME}/customize": Mount(volume="data", sub_path="customize"),
    },
    probes=Probes(
        liveness=Probe(path="/", initial_delay_seconds=30),
        readiness=Probe(path="/", initial_delay_seconds=5),
    ),
    resources=Resources.of("50m", "128Mi", "500m", "512Mi"),
    exceptions=[ContainerException.writable_root(_WRITES)],
)


def _settings(unsafe: Host, safe: Host, administrator: str) -> Mapping[str, Json]:
    return {
        "httpUnsafeOrigin": f"https://{unsafe}/",
        "httpSafeOrigin": f"https://{safe}/",
        "httpAddress": "0.0.0.0",  # noqa: S104  # behind a policy
        "httpPort": _PORT,
        "adminEmail": administrator,
        "adminKeys": [],
        "allowSubscriptions": False,
        "removeDonateButton": True,
        "logFeedback": False,
        "logToStdout": True,
        "logLevel": "warn",
        "maxWorkers": 4,
        # Days.
        "inactiveTime": 90,
        "archiveRetentionTime": 15,
        "accountRetentionTime": 365,
        **{setting: f"./data/{folder}" for setting, folder in _FOLDERS.items()},
    }


def _script(settings: Mapping[str, Json]) -> str:
    return f"module.exports = {json.dumps(settings, indent=2)};\n"
