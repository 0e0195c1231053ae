"""Locations of S3 buckets, with the credentials and hosts that clients need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from msgspec import field

from kubestrata.constructs.cloud.pod_identity import PodIdentity
from kubestrata.constructs.cloud.pod_identity_spec import ServiceAccountName
from kubestrata.constructs.cloud.s3_bucket import S3Bucket
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.core.argument import require
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import ReferenceName
from kubestrata.core.value.url import check_url

_HTTP, _HTTPS = 80, 443


class AccessKeys(Frozen):
    """A Secret with an S3 access key: the keys that hold its id and its secret part."""

    secret: SecretReference
    id_key: str = "ACCESS_KEY_ID"
    secret_key: str = "ACCESS_SECRET_KEY"  # noqa: S105  # the name of a key

    def __post_init__(self) -> None:
        self.secret.key(self.id_key)
        self.secret.key(self.secret_key)


class BucketLocation(Frozen):
    """An S3-compatible bucket.

    `name` may be a ReferenceName: using it makes an edge to the bucket. `endpoint` is the URL of
    the service, None for AWS; `hosts` are the DNS names that clients call, none where it is an IP
    address. Without `keys` pods use their cloud identity.
    """

    name: str
    hosts: tuple[str, ...]
    region: str | None = None
    endpoint: str | None = None
    keys: AccessKeys | None = None

    def __post_init__(self) -> None:
        if self.keys is not None:
            require("keys of BucketLocation", self.keys, AccessKeys)
        if self.endpoint is not None:
            check_url("endpoint of BucketLocation", self.endpoint)

    @property
    def flows(self) -> list[Flow]:
        """Return the egress of clients to the service."""
        return bucket_flows(self.hosts, self.endpoint)

    @classmethod
    def aws(cls, name: str, region: str) -> BucketLocation:
        """Return a bucket of AWS S3 in `region`, with its virtual-hosted and path-style hosts."""
        hosts = (f"{name}.s3.{region}.amazonaws.com", f"s3.{region}.amazonaws.com")
        return cls(name, hosts, region)

    @classmethod
    def of(cls, bucket: S3Bucket) -> BucketLocation:
        """Return the location of an S3Bucket."""
        return cls.aws(ReferenceName(bucket.name, bucket.ready), bucket.region)


def bucket_flows(hosts: Sequence[str], endpoint: str | None) -> list[Flow]:
    """Return the egress to `hosts`, and to the address of an endpoint that has one."""
    url = urlsplit(endpoint or "")
    port = url.port or (_HTTP if url.scheme == "http" else _HTTPS)
    flows = [Flow.to_hosts(*hosts, port=port)] if hosts else []
    try:
        address = ip_address(url.hostname or "")
    except ValueError:
        return flows
    return [*flows, Flow.to_addresses(str(ip_network(address)), ports=[port])]


class BackupStore(Frozen):
    """Default backup location that a cluster provides for its databases.

    `identities` are identities created before the databases, for some or all of them.
    """

    bucket: BucketLocation
    identities: Mapping[ServiceAccountName, PodIdentity] = field(
        default_factory=dict[ServiceAccountName, PodIdentity]
    )

    def identity_of(self, database: str, namespace: str) -> PodIdentity | None:
        """Return the identity of a database's pods; None if none was created beforehand."""
        return self.identities.get(ServiceAccountName(name=database, namespace=namespace))
