"""Secrets filled by External Secrets, and their refresh policy."""

from __future__ import annotations

from typing import Literal

from kubeapis import external_secrets as es
from kubestrata.constructs.secret.external_secrets_api import ExternalSecretsApi
from kubestrata.constructs.secret.reflection import ReflectedTo
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.secret.secret_source import SecretSource
from kubestrata.constructs.secret.secret_store import SecretStoreReference
from kubestrata.constructs.secret.secret_template import SecretTemplate
from kubestrata.core.argument import require
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts


class Refresh(Frozen):
    """The refresh policy; `once` creates the Secret and never updates it.

    A cluster whose ExternalSecretsApi has no policies has the same by an interval of zero.
    """

    interval: Duration
    policy: Literal["CreatedOnce", "OnChange", "Periodic"] | None = None

    def __post_init__(self) -> None:
        check_texts(self)

    @classmethod
    def every(cls, interval: str) -> Refresh:
        """Return a periodic refresh: changes in the store arrive within this time."""
        return cls(Duration(interval))

    @classmethod
    def once(cls) -> Refresh:
        """Return a refresh at creation only; the interval of a year is for older controllers."""
        return cls(Duration("8760h"), "CreatedOnce")

    def without_policy(self, id: str) -> Refresh:
        """Return the refresh for a version without policies; raises InvalidValue for OnChange."""
        if self.policy == "OnChange":
            why = "requires External Secrets v0.16 or newer"
            raise InvalidValue(f"refresh of {id!r} on changes", why, "write Refresh.once()")
        return Refresh(_NEVER) if self.policy == "CreatedOnce" else Refresh(self.interval)


# Source: ExternalSecret spec.refreshInterval, "may be set to zero to fetch and create it once".
_NEVER = Duration("0s")
FETCHED = Refresh.every("1h")
"""The default for values from a store."""

GENERATED = Refresh.once()
"""The default for generated values, where a refresh would change the password."""


class ExternalSecret(Construct):
    """An ExternalSecret named `id` that owns the Secret `id`; the Secret outlives it.

    Fetched from `store`, by default the store that the cluster provides. `secret` has all known
    keys; `copies` are created in other namespaces. Raises MissingOffer without any store,
    InvalidReference for a store that does not admit the namespace.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: SecretSource,
        store: SecretStoreReference | None = None,
        template: SecretTemplate | None = None,
        refresh: Refresh | None = None,
        copies: ReflectedTo | None = None,
    ) -> None:
        """`refresh` is hourly by default, once for a Secret of generated values only."""
        super().__init__(scope, f"{id}-secret")
        component = component_of(scope)
        require(f"source of {id!r}", source, SecretSource, fix="write SecretSource.keys({...})")
        keys = (template or SecretTemplate()).keys_after(source.known)
        fetched = None
        if source.needs_store:
            fetched = store or component.cluster.ask(SecretStoreReference)
            fetched.require_namespace(component.default_namespace(caller()))
        elif store is not None:
            why = "is passed, but all values are generated"
            raise InvalidReference(str(store.ref), why, "drop store=")
        if copies is not None:
            copies.prepare(self)
        served = component.cluster.find(ExternalSecretsApi) or ExternalSecretsApi()
        timing = refresh or (FETCHED if source.needs_store else GENERATED)
        if not served.has_refresh_policy:
            timing = timing.without_policy(id)
        self.resource = served.external_secret(
            self,
            id,
            spec=es.ExternalSecretSpec(
                refresh_interval=timing.interval,
                refresh_policy=timing.policy,
                secret_store_ref=fetched.field if fetched is not None else None,
                data=list(source.data) or None,
                data_from=list(source.data_from) or None,
                target=es.ExternalSecretSpecTarget(
                    name=id,
                    creation_policy="Owner",
                    deletion_policy="Retain",
                    template=_template(template, copies),
                ),
            ),
        )
        ref = self.resource.ref.makes("Secret")
        self.secret = SecretReference(ref, keys, copies.names if copies else frozenset())


def _template(
    template: SecretTemplate | None, copies: ReflectedTo | None
) -> es.ExternalSecretSpecTargetTemplate | None:
    if template is None and copies is None:
        return None
    shape = template or SecretTemplate()
    annotations = {**shape.annotations, **(copies.annotations if copies is not None else {})}
    metadata = (
        es.ExternalSecretSpecTargetTemplateMetadata(
            labels=dict(shape.labels) or None, annotations=annotations or None
        )
        if shape.labels or annotations
        else None
    )
    return es.ExternalSecretSpecTargetTemplate(
        type=shape.type,
        data=dict(shape.data) or None,
        merge_policy="Merge" if shape.data and shape.keeps == "all" else None,
        metadata=metadata,
    )
