"""Dependencies of one workload: database, cache, bucket and cloud permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from kubestrata.constructs.cloud import AwsAccount, Expiration, PodIdentity, S3Bucket, Statement
from kubestrata.constructs.cloud.pod_identity_spec import ServiceAccountName
from kubestrata.constructs.data import Postgres, PostgresSpec, Valkey, ValkeySpec
from kubestrata.constructs.helm import HelmChart
from kubestrata.constructs.network import Endpoint, Flow
from kubestrata.constructs.secret import GeneratedPassword, SecretKey
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.value_source import SecretValue
from kubestrata.core.cluster import Component, component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct


class WorkloadBucket(Declaration, kw_only=True):
    """A private, encrypted bucket that the workload reads and writes."""

    expiration_days: (
        Annotated[int, Meta(ge=1, description="When objects go; never unless given.")] | None
    ) = None


class Dependencies(Declaration, kw_only=True):
    """Services that belong to the workload; the container gets variables for them.

    `DATABASE_URL` of PostgreSQL; `VALKEY_HOST`, `VALKEY_PORT`, `VALKEY_PASSWORD` and `VALKEY_URL`
    of Valkey; `BUCKET_NAME` and `AWS_REGION` of the bucket. Variables set on the
    container take precedence.
    """

    postgres: Annotated[PostgresSpec | None, Meta(description="A database.")] = None
    valkey: Annotated[ValkeySpec | None, Meta(description="A cache.")] = None
    bucket: Annotated[WorkloadBucket | None, Meta(description="A bucket.")] = None


class CloudIdentity(Declaration, kw_only=True):
    """Cloud permissions of the pods, beside those on their own bucket."""

    statements: Annotated[
        Sequence[Statement], Meta(min_length=1, max_length=16, description="As IAM states it.")
    ]


_PASSWORD = "password"  # noqa: S105  # the name of a key


class ValkeyChart(Frozen):
    """Helm chart of workload caches, provided by the cluster."""

    chart: HelmChart


class WorkloadServices(Construct):
    """A Postgres `<id>-postgres`, a Valkey `<id>-valkey`, an S3Bucket and a PodIdentity `<id>`.

    The claim of the database is named `id`, as that of the workload.
    Each exists only where it is declared. Raises MissingOffer where the cluster lacks a
    requirement. Pods get credentials only if their identity exists before them, so bucket and
    identity are in a component `<id>-cloud` that the workload's component waits for. They stay in
    the workload's component if it declares the namespace; then the first pods may need one restart.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dependencies: Dependencies,
        identity: CloudIdentity | None,
    ) -> None:
        super().__init__(scope, f"{id}-dependencies")
        self._env: dict[str, str] = {}
        self._secrets: dict[str, SecretKey] = {}
        self.endpoints: list[Endpoint] = []
        self.flows: list[Flow] = []
        self.postgres = self._postgres(id, dependencies)
        self.valkey = self._valkey(id, dependencies)
        wanted = dependencies.bucket is not None or identity is not None
        cloud = self._cloud(id) if wanted else self
        self.bucket = self._bucket(cloud, id, dependencies.bucket) if dependencies.bucket else None
        self.identity = self._identity(cloud, id, identity)

    def with_service_env(self, container: Container) -> Container:
        """Return the container with the variables of its services; its own take precedence."""
        stated = {
            *container.env,
            *container.env_from_secrets,
            *container.env_from_store,
            *container.env_from_config_maps,
            *container.env_from_fields,
            *container.env_from_resources,
            *container.config,
        }
        plain = {name: value for name, value in self._env.items() if name not in stated}
        secrets = {
            name: SecretValue(secret=key.name, key=key.key)
            for name, key in self._secrets.items()
            if name not in stated
        }
        return msgspec.structs.replace(
            container,
            env={**plain, **container.variables},
            env_from_secrets={**secrets, **container.secret_variables},
        )

    def _postgres(self, id: str, dependencies: Dependencies) -> Postgres | None:
        if dependencies.postgres is None:
            return None
        made = Postgres(self, f"{id}-postgres", spec=dependencies.postgres, claim=id)
        self.endpoints.append(made.endpoint)
        self._secrets["DATABASE_URL"] = made.credentials.key("uri")
        return made

    def _valkey(self, id: str, dependencies: Dependencies) -> Valkey | None:
        if dependencies.valkey is None:
            return None
        chart = component_of(self).cluster.ask(ValkeyChart).chart
        name = f"{id}-valkey"
        password = GeneratedPassword(self, name, keys=[_PASSWORD]).secret.key(_PASSWORD)
        made = Valkey(self, name, chart=chart, password=password, spec=dependencies.valkey)
        self.endpoints.append(made.endpoint)
        self._secrets["VALKEY_PASSWORD"] = password
        self._env |= {
            "VALKEY_HOST": made.service.host,
            "VALKEY_PORT": str(made.service.port),
            # The kubelet expands only variables that are defined earlier.
            "VALKEY_URL": made.service.text("redis://:$(VALKEY_PASSWORD)@{host}:{port}"),
        }
        return made

    def _cloud(self, id: str) -> Construct:
        component = component_of(self)
        naming = component.cluster.ask(AwsAccount).naming
        home = component.home_namespace
        if home.component is component:
            return self
        plain = id.removeprefix(naming.prefix)
        name = plain if plain == component.name else f"{component.name}-{plain}"
        made = Component(component.cluster, f"{name}-cloud", layer=component.layer, namespace=home)
        component.needs(made)
        return made

    def _bucket(self, cloud: Construct, id: str, spec: WorkloadBucket) -> S3Bucket:
        made = S3Bucket(cloud, id, expiration=Expiration(days=spec.expiration_days))
        self._env |= {"BUCKET_NAME": made.name, "AWS_REGION": made.region}
        service = f"s3.{made.region}.amazonaws.com"
        self.flows.append(Flow.to_hosts(f"{made.name}.{service}", service))
        return made

    def _identity(
        self, cloud: Construct, id: str, identity: CloudIdentity | None
    ) -> PodIdentity | None:
        statements: list[Statement] = self.bucket.grant_write() if self.bucket is not None else []
        statements += identity.statements if identity is not None else ()
        if not statements:
            return None
        namespace = component_of(self).home_namespace.object_name
        account = ServiceAccountName(name=id, namespace=namespace)
        made = PodIdentity(cloud, id, service_account=account, statements=statements)
        self.flows.append(Flow.to_pod_identity())
        return made
