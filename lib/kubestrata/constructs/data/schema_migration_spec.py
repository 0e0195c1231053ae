"""What a team states of the migrations of a database's schema."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubestrata.core.declaration import Declaration


class SchemaMigration(Declaration, kw_only=True):
    """Versioned migrations in a Git repository, applied by Atlas.

    A `ref` that begins with `v` is a tag, any other a branch. The folder at `path` has a
    kustomization.yaml that makes the ConfigMap `config_map` of the migrations and `atlas.sum`,
    with `disableNameSuffixHash: true`. `secret` is the name of one that Flux can log in with.
    """

    url: Annotated[str, Meta(pattern="^(https|ssh)://.+$", description="The Git repository.")]
    ref: Annotated[str, Meta(min_length=1, description="A tag v..., or a branch.")] = "main"
    path: Annotated[str, Meta(pattern=r"^\./", description="A folder in it.")] = "./migrations"
    config_map: Annotated[str, Meta(description="What the folder makes.")] = "migrations"
    secret: str | None = None

    @property
    def is_tag(self) -> bool:
        """Whether the ref is one, so that migrations change with a commit of ours only."""
        return self.ref.startswith("v")
