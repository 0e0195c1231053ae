"""Stores of GitLab outside of its namespace, and where their logins are."""

from kubestrata import Frozen, Reference
from kubestrata.constructs import Endpoint
from kubestrata.constructs.network import ServiceEndpoint

BUCKETS = ("artifacts", "lfs", "uploads", "packages")


class ObjectStorage(Frozen):
    """An S3 of MinIO at an address of the network, without TLS; buckets are `gitlab-<kind>`."""

    address: str
    port: int
    region: str

    @property
    def host(self) -> str:
        """Return address and port."""
        return f"{self.address}:{self.port}"

    @property
    def url(self) -> str:
        """Return the URL of the S3 API."""
        return f"http://{self.host}"

    def bucket(self, kind: str) -> str:
        """Return the name of a bucket."""
        return f"gitlab-{kind}"


class GitLabStores(Frozen):
    """A database behind a pooler in transaction mode, a cache, S3, and replicated volumes.

    `database` is the name of the database and of its role.
    """

    pooler: ServiceEndpoint
    cache: ServiceEndpoint
    database: str
    objects: ObjectStorage
    storage_class: Reference

    @property
    def endpoints(self) -> tuple[Endpoint, Endpoint]:
        """Return the pods of the database and of the cache."""
        return self.pooler.endpoint, self.cache.endpoint
