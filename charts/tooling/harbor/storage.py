"""Image storage of Harbor: a bucket, and an IAM user with access to it."""

from charts.tooling.harbor.pods import NAME
from kubestrata import Construct
from kubestrata.constructs.cloud import (
    Expiration,
    IamUser,
    PodIdentity,
    S3Bucket,
    ServiceAccountName,
)

_SECRET = "xplane-harbor-access-key"  # noqa: S105  # the name of a Secret


class HarborStorage(Construct):
    """A bucket, and an IAM user and a pod identity that can write to it only.

    Harbor's registry requires an access key; `user.credentials` is the Secret with it, with the
    keys `username` (the key's id) and `password`.
    """

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "harbor-storage")
        # The registry deletes layers itself: only leftover versions expire.
        self.bucket = S3Bucket(self, NAME, expiration=Expiration(replaced_days=7))
        # For tools beside the registry, which requires the user below.
        PodIdentity(
            self,
            f"xplane-{NAME}",
            service_account=ServiceAccountName(name=NAME, namespace="tooling"),
            statements=self.bucket.grant_write(),
        )
        self.user = IamUser(
            self,
            NAME,
            statements=self.bucket.grant_write(),
            secret=_SECRET,
            policy=f"{NAME}-s3",
        )
