"""Snapshots of OpenBao, which runs outside the cluster, to a dedicated bucket."""

from charts.security.cloud_issuers import OPENBAO_CA
from kubestrata import (
    Cluster,
    Component,
    Cron,
    Host,
    Image,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import (
    Container,
    ExtraContainer,
    Flow,
    JobSettings,
    PodSecurity,
    PodSettings,
    Resources,
    ScheduledJob,
    ScheduledRuns,
    Volume,
)
from kubestrata.constructs.cloud import AwsAccount, Expiration, KmsKey, PodIdentity, S3Bucket
from kubestrata.constructs.secret import ExternalSecret, RemoteKey, SecretReference, SecretSource
from kubestrata.constructs.workload import PENDING_CLAIM

_NAME = "openbao-snapshot"
_NIGHTLY = Cron("0 4 * * *")
_EXPIRATION = Expiration(days=120, archive_days=30)
_BAO = Image("quay.io/openbao/openbao:2.4.4")
_AWS = Image("public.ecr.aws/aws-cli/aws-cli:2.31.34")
_PORT = 8200
_USER = 65532
_FOLDER = "/snapshots"
_SNAPSHOT = f"{_FOLDER}/openbao.snap"
_CA = "/credentials/ca.crt"
_LOGIN = ("APPROLE_ROLE_ID", "APPROLE_SECRET_ID")
_TAKE = f"""\
BAO_TOKEN="$(bao write -field=token auth/approle/login \
  role_id="$APPROLE_ROLE_ID" secret_id="$APPROLE_SECRET_ID")"
export BAO_TOKEN
bao operator raft snapshot save {_SNAPSHOT}
"""
_SEND = f'aws s3 cp {_SNAPSHOT} "s3://$BUCKET/$(date +%Y/%m/%d)/openbao.snap"\n'
_RESOURCES = Resources(memory_limit=Quantity("512Mi"))
_HOME = "/tmp"  # noqa: S108  # a volume of each container
_WRITABLE = {_HOME: Quantity("64Mi")}
_JOB = JobSettings(retries=3, timeout_seconds=1800, restart="OnFailure")


class OpenbaoSnapshot(Component):
    """A CronJob, its working volume, a bucket with its own key, and its identity.

    `server` is the host of OpenBao; its AppRole and CA come from the cluster's secret store. The
    job is suspended: snapshots require OpenBao's Raft storage, and an AppRole in its root
    namespace.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, server: Host) -> None:
        super().__init__(
            scope,
            _NAME,
            layer="security",
            namespace=namespace,
            # The volume is bound by the first snapshot, at night.
            reconcile=Reconcile(health=[PENDING_CLAIM]),
        )
        # Crossplane has no permission to rotate keys.
        key = KmsKey(
            self,
            _NAME,
            description="Encrypts snapshots of OpenBao.",
            deletion_window_days=7,
            rotated=False,
        )
        self.bucket = S3Bucket(self, _NAME, key=key, expiration=_EXPIRATION)
        path = f"security/openbao/{_NAME}"
        keys = {**{name: RemoteKey(path, name) for name in _LOGIN}, "ca": OPENBAO_CA}
        secret = ExternalSecret(self, _NAME, source=SecretSource.keys(keys)).secret
        self.job = ScheduledJob(
            self,
            _NAME,
            image=_AWS,
            schedule=_NIGHTLY,
            container=_send(self.bucket),
            pod=PodSettings(
                init_containers={"take": _take(server, secret)},
                volumes={"snapshots": Volume.claim("5Gi", name=_NAME)},
                security=PodSecurity(user=_USER),
            ),
            job=_JOB,
            runs=ScheduledRuns(suspended=True),
        )
        self.identity = PodIdentity(
            self,
            f"xplane-{_NAME}",
            service_account=self.job.service_account,
            statements=[
                *self.bucket.grant_add(),
                key.grant("kms:Decrypt", "kms:GenerateDataKey"),
            ],
        )
        self.job.endpoint.allow(
            Flow.to_hosts(server, port=_PORT),
            Flow.to_pod_identity(),
            Flow.to_hosts(*scope.ask(AwsAccount).hosts("s3", "sts")),
            policy=_NAME,
        )


def _take(server: Host, secret: SecretReference) -> ExtraContainer:
    return ExtraContainer(
        image=_BAO,
        command=["/bin/sh", "-e", "/scripts/take.sh"],
        env={
            "HOME": _HOME,
            "BAO_ADDR": f"https://{server}:{_PORT}",
            "BAO_CACERT": _CA,
            **{name: secret.key(name) for name in _LOGIN},
        },
        files={"/scripts/take.sh": _TAKE, _CA: secret.key("ca")},
        mounts={_FOLDER: "snapshots"},
        writable=_WRITABLE,
        resources=_RESOURCES,
    )


def _send(bucket: S3Bucket) -> Container:
    return Container(
        command=["/bin/sh", "-e", "/scripts/send.sh"],
        env={"HOME": _HOME, "AWS_REGION": bucket.region, "BUCKET": bucket.name},
        files={"/scripts/send.sh": _SEND},
        mounts={_FOLDER: "snapshots"},
        writable=_WRITABLE,
        resources=_RESOURCES,
    )
