"""Schema migrations of a database, fetched by Flux and applied by Atlas."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubeapis import atlas, fluxcd, k8s
from kubestrata.constructs.secret.secret_reference import SecretKey
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct


class SchemaMigration(Declaration, kw_only=True):
    """Versioned migrations in a Git repository, applied by Atlas.

    A `ref` that begins with `v` is a tag, any other a branch. The folder at `path` has a
    kustomization.yaml that generates the ConfigMap `config_map` of the migrations and `atlas.sum`,
    with `disableNameSuffixHash: true`. `secret` is the Secret with Flux' Git credentials.
    """

    url: Annotated[str, Meta(pattern="^(https|ssh)://.+$", description="The Git repository.")]
    ref: Annotated[str, Meta(min_length=1, description="A tag v..., or a branch.")] = "main"
    path: Annotated[str, Meta(pattern=r"^\./", description="A folder in it.")] = "./migrations"
    config_map: Annotated[str, Meta(description="What the folder makes.")] = "migrations"
    secret: str | None = None

    @property
    def is_tag(self) -> bool:
        """Return True if the ref is a tag, so that migrations change only with a commit here."""
        return self.ref.startswith("v")


class SchemaMigrations(Construct):
    """GitRepository, Kustomization and AtlasMigration, named `<id>-migrations`.

    Flux applies the folder of migrations as a ConfigMap; Atlas runs the migrations that the
    database does not have yet. `url` is the key of the database's connection string.
    """

    def __init__(
        self, scope: Construct, id: str, *, migration: SchemaMigration, url: SecretKey
    ) -> None:
        super().__init__(scope, f"{id}-migrations")
        name = f"{id}-migrations"
        metadata = k8s.ObjectMeta(name=name)
        self.source = fluxcd.GitRepository(
            self, "source", metadata=metadata, spec=_repository(migration)
        )
        namespace = self.source.identity.namespace
        self.kustomization = fluxcd.Kustomization(
            self,
            "kustomization",
            metadata=metadata,
            spec=fluxcd.KustomizationSpec(
                interval="10m",
                retry_interval="2m",
                timeout="2m",
                path=migration.path,
                prune=True,
                target_namespace=namespace,
                source_ref=fluxcd.KustomizationSpecSourceRef(
                    kind="GitRepository", name=self.source.name
                ),
            ),
        )
        key = k8s.SecretKeySelector(name=url.name, key=url.key)
        self.resource = atlas.AtlasMigration(
            self,
            "migration",
            metadata=metadata,
            spec=atlas.AtlasMigrationSpec(
                url_from=atlas.AtlasMigrationSpecUrlFrom(secret_key_ref=key),
                dir=atlas.AtlasMigrationSpecDir(
                    config_map_ref=k8s.LocalObjectReference(name=migration.config_map)
                ),
            ),
        )


def _repository(migration: SchemaMigration) -> fluxcd.GitRepositorySpec:
    tag = migration.ref if migration.is_tag else None
    branch = None if migration.is_tag else migration.ref
    secret = fluxcd.GitRepositorySpecSecretRef(name=migration.secret) if migration.secret else None
    return fluxcd.GitRepositorySpec(
        interval="10m",
        url=migration.url,
        ref=fluxcd.GitRepositorySpecRef(tag=tag, branch=branch),
        secret_ref=secret,
    )
