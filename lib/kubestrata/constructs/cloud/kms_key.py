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
_ALIASES = "kms:ResourceAliases"


class KmsKey(Construct):
    """A Key that rotates every year, and its Alias."""

    def __init__(
        self, scope: Construct, id: str, *, description: str, deletion_window_days: int = 30
    ) -> None:
        super().__init__(scope, f"{id}-key")
        if deletion_window_days not in _WINDOW:
            what = f"KmsKey.deletion_window_days {deletion_window_days!r}"
            raise InvalidValue(what, "is not within 7-30 days, the limits of AWS KMS")
        managed = Managed(self, id)
        self._account = managed.account
        self.alias_name = f"alias/{managed.external_name}"
        self.resource = aws.Key(
            self,
            f"{id}-key",
            metadata=managed.metadata(),
            spec=aws.KeySpec(
                for_provider=aws.KeySpecForProvider(
                    region=managed.account.region,
                    description=description,
                    enable_key_rotation=True,
                    deletion_window_in_days=deletion_window_days,
                ),
                provider_config_ref=managed.provider_config,
            ),
        )
        self.alias = aws.Alias(
            self,
            f"{id}-alias",
            metadata=managed.metadata(managed.external_name),
            spec=aws.AliasSpec(
                for_provider=aws.AliasSpecForProvider(
                    region=managed.account.region,
                    target_key_id_ref=aws.ClusterSpecForProviderRoleArnRef(name=self.resource.name),
                ),
                provider_config_ref=managed.provider_config,
            ),
        )

    @property
    def ready(self) -> Reference:
        """Return the object to wait for before the alias is used."""
        return self.alias.ref

    def grant(self, *actions: str) -> Statement:
        """Allow `actions` (`kms:Decrypt`) with this key only, by alias: its id is unknown."""
        return Statement(
            actions=actions,
            resources=[self._account.arn("kms", "key/*")],
            conditions={"ForAnyValue:StringEquals": {_ALIASES: [self.alias_name]}},
        )
