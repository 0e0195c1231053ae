"""KMS keys."""

from __future__ import annotations

from kubeapis import upbound_aws as aws
from kubestrata.constructs.cloud.managed import Managed
from kubestrata.constructs.cloud.statement import Statement
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

# Source: KMS, ScheduleKeyDeletion.
_WINDOW = range(7, 31)
# Crossplane's AWS provider adds this tag to its resources: the name of the object.
_NAME_TAG = "crossplane-name"


class KmsKey(Construct):
    """A Key that rotates every year.

    Without `rotated`, Crossplane does not need the permission kms:EnableKeyRotation.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        deletion_window_days: int = 30,
        rotated: bool = True,
    ) -> None:
        super().__init__(scope, f"{id}-key")
        if deletion_window_days not in _WINDOW:
            what = f"KmsKey.deletion_window_days {deletion_window_days!r}"
            raise InvalidValue(what, "is not within 7-30 days, the limits of AWS KMS")
        managed = Managed(self, id)
        self._account, self._name = managed.account, managed.name
        self.resource = aws.Key(
            self,
            f"{id}-key",
            metadata=managed.metadata(),
            spec=aws.KeySpec(
                for_provider=aws.KeySpecForProvider(
                    region=managed.account.region,
                    description=description,
                    enable_key_rotation=True if rotated else None,
                    deletion_window_in_days=deletion_window_days,
                ),
                provider_config_ref=managed.provider_config,
            ),
        )

    @property
    def ready(self) -> Reference:
        """Return the object to wait for before the key is used."""
        return self.resource.ref

    def grant(self, *actions: str) -> Statement:
        """Allow `actions` (`kms:Decrypt`) with this key only, by its tag: its id is unknown."""
        return Statement(
            actions=actions,
            resources=[self._account.arn("kms", "key/*")],
            conditions={"StringEquals": {f"aws:ResourceTag/{_NAME_TAG}": [self._name]}},
        )
