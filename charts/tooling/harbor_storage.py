"""Where Harbor keeps images: a bucket, and the user whose key it is given."""

from kubestrata import Construct
from kubestrata.constructs.cloud import Expiration, IamUser, S3Bucket

_NAME = "harbor"
_SECRET = "harbor-s3"  # noqa: S105  # the name of a Secret


class HarborStorage(Construct):
    """A bucket and an IAM user that may write into it and nothing else.

    Harbor's registry takes an access key; `user.credentials` is the Secret with it, its keys
    `username` (the key's id) and `password`.
    """

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "harbor-storage")
        # The registry deletes layers itself: only leftovers go by age.
        self.bucket = S3Bucket(self, _NAME, expiration=Expiration(replaced_days=7))
        self.user = IamUser(self, _NAME, statements=self.bucket.grant_write(), secret=_SECRET)
