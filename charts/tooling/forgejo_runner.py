"""The runner of Forgejo's actions, with Docker beside it."""

from pathlib import Path

from charts import catalogue
from charts.resource_request import resources
from kubestrata import Cluster, Component, Reference, ServiceReference
from kubestrata.constructs import EncryptedSecret, HelmRelease

_NAME = "forgejo-runner"


class ForgejoRunner(Component):
    """One runner in the namespace of Forgejo.

    `registration` is the encrypted Secret `forgejo-runner` with the file `.runner` of a runner that
    is registered at `forge`.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, forge: ServiceReference, registration: Path
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        secret = EncryptedSecret(self, _NAME, file=registration).secret
        HelmRelease(
            self,
            _NAME,
            chart=catalogue.FORGEJO_RUNNER,
            values={
                # Of the runner, and of Docker with the jobs; inputs of whoever delivers it.
                "resources": resources("100m", "128Mi", "1Gi"),
                "runner": {
                    "config": {
                        "create": False,
                        "existingSecret": secret.key(".runner").name,
                        "instance": forge.url(),
                        # The chart's are examples.
                        "file": {"runner": {"envs": None}},
                    }
                },
            },
        )
