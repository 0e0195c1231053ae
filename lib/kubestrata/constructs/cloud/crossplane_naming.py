"""Naming policy of the resources that Crossplane manages in a cloud."""

from __future__ import annotations

from kubestrata.core.errors import InvalidName
from kubestrata.core.frozen import Frozen
from kubestrata.core.names import check_subdomain
from kubestrata.core.value.placeholder import MARK

# Source: quotas of IAM and S3.
LONGEST_ROLE = 64
_LONGEST_BUCKET = 63


class CrossplaneNaming(Frozen):
    """Adds `prefix` to the name of every managed resource, so that IAM can scope Crossplane by it.

    The prefix is added once: an id that already has it is kept. `bucket_prefix` begins the global
    names of buckets; None is the prefix and the cluster's name before the id, and the account's
    number after it.
    """

    prefix: str = "xplane-"
    bucket_prefix: str | None = None

    def __post_init__(self) -> None:
        check_subdomain("prefix", f"{self.prefix}x")

    def object_name(self, id: str) -> str:
        """Return `metadata.name` of the managed resources of `id`; raises InvalidName."""
        name = f"{self.prefix}{id.removeprefix(self.prefix)}"
        check_subdomain("managed resource", name)
        return name

    def external_name(self, cluster: str, id: str) -> str:
        """Return the unique name of a role, user or policy: the prefix, `cluster` and `id`.

        Raises InvalidName for a name that is too long; a placeholder counts as one character.
        """
        name = f"{self.prefix}{cluster}-{id.removeprefix(self.prefix)}"
        _check_length(name, LONGEST_ROLE)
        return name

    def bucket_name(self, id: str, *, cluster: str, account: str) -> str:
        """Return the globally unique name of a bucket.

        Raises InvalidName for a name that is too long; a placeholder counts as one character.
        """
        name = f"{self.bucket_prefix}{id}"
        if self.bucket_prefix is None:
            name = f"{self.external_name(cluster, id)}-{account}"
        _check_length(name, _LONGEST_BUCKET)
        return name


def _check_length(name: str, longest: int) -> None:
    counted = MARK.sub("x", name)
    check_subdomain("external name", counted)
    if len(counted) > longest:
        why = f"has {len(counted)} characters; at most {longest} are allowed"
        raise InvalidName(f"external name {counted!r}", why)
