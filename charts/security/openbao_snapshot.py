"""Snapshots of OpenBao, which runs outside the cluster, to a dedicated bucket."""

from charts.security.cloud_issuers import OPENBAO_CA
from kubeapis import k8s
from kubestrata import (
    Cluster,
    Component,
    Cron,
    HealthExpression,
    Host,
    Image,
    Quantity,
    Reconcile,
    Reference,
)
from kubestrata.constructs import Endpoint, Flow, Pods
from kubestrata.constructs.cloud import AwsAccount, Expiration, KmsKey, PodIdentity, S3Bucket
from kubestrata.constructs.secret import ExternalSecret, RemoteKey, SecretReference, SecretSource

_NAME = "openbao-snapshot"
_NIGHTLY = Cron("0 4 * * *")
_EXPIRATION = Expiration(days=120, archive_days=30)
_BAO = Image("quay.io/openbao/openbao:2.4.4")
_AWS = Image("public.ecr.aws/aws-cli/aws-cli:2.31.34")
_PORT = 8200
_LABELS = {"app.kubernetes.io/name": _NAME}
_METADATA = k8s.ObjectMeta(name=_NAME)
_FOLDER = "/snapshots"
_SCRIPTS = "/scripts"
_UNBOUND = HealthExpression(
    "v1",
    "PersistentVolumeClaim",
    current="has(status.phase) && status.phase in ['Bound', 'Pending']",
)
_SNAPSHOT = f"{_FOLDER}/openbao.snap"
_CREDENTIALS = "/credentials"
_LOGIN = ("APPROLE_ROLE_ID", "APPROLE_SECRET_ID")
_TAKE = f"""\
BAO_TOKEN="$(bao write -field=token auth/approle/login \
  role_id="$APPROLE_ROLE_ID" secret_id="$APPROLE_SECRET_ID")"
export BAO_TOKEN
bao operator raft snapshot save {_SNAPSHOT}
"""
_SEND = f'aws s3 cp {_SNAPSHOT} "s3://$BUCKET/$(date +%Y/%m/%d)/openbao.snap"\n'


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
            reconcile=Reconcile(health=[_UNBOUND]),
        )
        account = k8s.ServiceAccount(
            self, "account", metadata=_METADATA, automount_service_account_token=False
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
        self.identity = PodIdentity(
            self,
            f"xplane-{_NAME}",
            service_account=account.ref,
            statements=[
                *self.bucket.grant_add(),
                key.grant("kms:Decrypt", "kms:GenerateDataKey"),
            ],
        )
        path = f"security/openbao/{_NAME}"
        keys = {**{name: RemoteKey(path, name) for name in _LOGIN}, "ca": OPENBAO_CA}
        secret = ExternalSecret(self, _NAME, source=SecretSource.keys(keys)).secret
        volume = k8s.PersistentVolumeClaim(
            self,
            "volume",
            metadata=_METADATA,
            spec=k8s.PersistentVolumeClaimSpec(
                access_modes=["ReadWriteOnce"],
                resources=k8s.VolumeResourceRequirements(requests={"storage": Quantity("5Gi")}),
            ),
        )
        data = {"take.sh": _TAKE, "send.sh": _SEND}
        self.scripts = k8s.ConfigMap(self, "scripts", metadata=_METADATA, data=data)
        self.cron_job = k8s.CronJob(
            self,
            _NAME,
            spec=k8s.CronJobSpec(
                schedule=_NIGHTLY,
                suspend=True,
                concurrency_policy="Forbid",
                job_template=k8s.JobTemplateSpec(
                    spec=k8s.JobSpec(
                        backoff_limit=3,
                        active_deadline_seconds=1800,
                        template=k8s.PodTemplateSpec(
                            metadata=k8s.ObjectMeta(labels=_LABELS),
                            spec=self._pod(account, secret, volume, server),
                        ),
                    )
                ),
            ),
        )
        hosts = scope.ask(AwsAccount).hosts("s3", "sts")
        Endpoint(Pods(_NAME, namespace.object_name, _LABELS), (), self).allow(
            Flow.to_hosts(server, port=_PORT),
            Flow.to_pod_identity(),
            Flow.to_hosts(*hosts),
            policy=_NAME,
        )

    def _pod(
        self,
        account: k8s.ServiceAccount,
        secret: SecretReference,
        volume: k8s.PersistentVolumeClaim,
        server: Host,
    ) -> k8s.PodSpec:
        claim = k8s.PersistentVolumeClaimVolumeSource(claim_name=volume.name)
        login = [_login(secret, name) for name in _LOGIN]
        where = [
            k8s.EnvVar(name="BAO_ADDR", value=f"https://{server}:{_PORT}"),
            k8s.EnvVar(name="BAO_CACERT", value=f"{_CREDENTIALS}/ca.crt"),
        ]
        target = [
            k8s.EnvVar(name="AWS_REGION", value=self.bucket.region),
            k8s.EnvVar(name="BUCKET", value=self.bucket.name),
        ]
        ca = k8s.VolumeMount(name="ca", mount_path=_CREDENTIALS, read_only=True)
        return k8s.PodSpec(
            service_account_name=account.name,
            automount_service_account_token=False,
            restart_policy="OnFailure",
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=65532,
                run_as_group=65532,
                fs_group=65532,
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            init_containers=[_container("take", _BAO, [*where, *login], [ca])],
            containers=[_container("send", _AWS, target, [])],
            volumes=[
                k8s.Volume(name="snapshots", persistent_volume_claim=claim),
                k8s.Volume(name="tmp", empty_dir=k8s.EmptyDirVolumeSource()),
                k8s.Volume(
                    name="scripts", config_map=k8s.ConfigMapVolumeSource(name=self.scripts.name)
                ),
                k8s.Volume(
                    name="ca",
                    secret=k8s.SecretVolumeSource(
                        secret_name=secret.name,
                        items=[k8s.KeyToPath(key=secret.key("ca").key, path="ca.crt")],
                    ),
                ),
            ],
        )


def _login(secret: SecretReference, name: str) -> k8s.EnvVar:
    selector = secret.key(name).selector
    return k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(secret_key_ref=selector))


def _container(
    name: str, image: Image, env: list[k8s.EnvVar], mounts: list[k8s.VolumeMount]
) -> k8s.Container:
    return k8s.Container(
        name=name,
        image=image,
        command=["/bin/sh", "-e", f"{_SCRIPTS}/{name}.sh"],
        env=[k8s.EnvVar(name="HOME", value="/tmp"), *env],  # noqa: S108  # a volume of the pod
        resources=k8s.ResourceRequirements(
            requests={"cpu": Quantity("50m"), "memory": Quantity("128Mi")},
            limits={"memory": Quantity("512Mi")},
        ),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[
            k8s.VolumeMount(name="scripts", mount_path=_SCRIPTS, read_only=True),
            k8s.VolumeMount(name="snapshots", mount_path=_FOLDER),
            k8s.VolumeMount(name="tmp", mount_path="/tmp"),  # noqa: S108  # same
            *mounts,
        ],
    )
