"""Updates of dependencies, as merge requests."""

import json
from collections.abc import Sequence
from pathlib import Path

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, Namespace
from kubestrata.constructs import EncryptedSecret, HelmRelease

_NAME = "renovate"


class Renovate(Component):
    """Renovate as a CronJob, for `repositories` of GitHub (`owner/name`).

    `token` is the encrypted Secret `renovate` with the key `RENOVATE_TOKEN`.
    """

    def __init__(self, scope: Cluster, *, repositories: Sequence[str], token: Path) -> None:
        namespace = Namespace(_NAME, pod_security="baseline")
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        secret = EncryptedSecret(self, _NAME, file=token).secret
        HelmRelease(
            self,
            _NAME,
            chart=catalogue.RENOVATE,
            values={
                # Sizes are inputs of whoever delivers this cluster.
                "resources": resources("100m", "512Mi", "1Gi"),
                "existingSecret": secret.key("RENOVATE_TOKEN").name,
                "renovate": {
                    "config": json.dumps({"platform": "github", "repositories": [*repositories]})
                },
            },
        )
