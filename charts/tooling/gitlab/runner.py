"""Runners of GitLab's jobs, each job in a pod of its own."""

from charts import catalogue, container_image
from charts.resource_request import bounded
from charts.tooling.gitlab.server import GitLab
from charts.tooling.gitlab.store import ObjectStorage
from kubestrata import Cluster, Component, JsonObject, Reference
from kubestrata.constructs import (
    Endpoint,
    ExternalSecret,
    Flow,
    HelmRelease,
    Pods,
    RemoteKey,
    SecretReference,
    SecretSource,
    SecretTemplate,
)
from kubestrata.constructs.access import Permission, Role, RoleSubject, ServiceAccount
from kubestrata.constructs.observability import Monitoring, Scrape

_NAME = "gitlab-runner"
_JOB = {"managed-by": _NAME, "component": "ci-job"}
_METRICS = 9252
# Of the image, which is Alpine's.
_USER, _GROUP = 100, 65533


class GitLabRunner(Component):
    """The manager of the runners of `gitlab`, and the policies and permissions of their pods.

    `entries` is where the store has GitLab's logins. Tags are set in GitLab, where the token of
    the runner was made.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gitlab: GitLab,
        objects: ObjectStorage,
        entries: str,
    ) -> None:
        super().__init__(scope, _NAME, layer="tooling", namespace=namespace)
        account = ServiceAccount(self, _NAME, token=True)
        subjects = [RoleSubject.account(account)]
        Role(self, _NAME, permissions=_PERMISSIONS, subjects=subjects)
        # GitLab's own address is that of a Gateway; this one is reached inside the cluster.
        address = gitlab.web.url()
        config = _config(address, namespace.object_name, objects)
        self.release = HelmRelease(
            self,
            _NAME,
            chart=catalogue.GITLAB_RUNNER,
            values={
                **_VALUES,
                "gitlabUrl": address,
                "serviceAccount": {"create": False, "name": account.name},
                "runners": {
                    "secret": self._token(f"{entries}/runner-token").name,
                    "cache": {"secretName": self._bucket_key(f"{entries}/s3").name},
                    "config": config,
                },
            },
        )
        manager = Pods(_NAME, self.release.pods.namespace, {"app": _NAME, "release": _NAME})
        self._allow(manager, gitlab, objects)
        if scope.find(Monitoring) is not None:
            Scrape(self, _NAME, pods=manager, port="metrics", pod_port=_METRICS)

    def _token(self, entry: str) -> SecretReference:
        source = SecretSource.keys({"token": RemoteKey(entry, "token")})
        # The chart requires both keys; a registration token is the former way in.
        data = {"runner-registration-token": "", "runner-token": "{{ .token }}"}
        id = f"{_NAME}-registration"
        return ExternalSecret(self, id, source=source, template=SecretTemplate(data)).secret

    def _bucket_key(self, entry: str) -> SecretReference:
        keys = {
            "accesskey": RemoteKey(entry, "ACCESS_KEY_ID"),
            "secretkey": RemoteKey(entry, "SECRET_ACCESS_KEY"),
        }
        return ExternalSecret(self, f"{_NAME}-cache", source=SecretSource.keys(keys)).secret

    def _allow(self, manager: Pods, gitlab: GitLab, objects: ObjectStorage) -> None:
        controller = Endpoint(manager, (), self, self.release.resource.ref)
        controller.connect_to(gitlab.web)
        cache = Flow.to_addresses(f"{objects.address}/32", ports=[objects.port])
        self.release.allow(Flow.to_kubernetes_api(), cache, pods=manager)
        jobs = Endpoint(Pods("gitlab-jobs", manager.namespace, _JOB), (), self)
        jobs.connect_to(gitlab.web, gitlab.images)
        # They push images through the Gateway of this cluster, whose backends are those above.
        jobs.allow(cache, Flow.to_internet(80, 443), policy="gitlab-jobs")


_PERMISSIONS = [
    Permission.write(
        "configmaps", "persistentvolumeclaims", "pods", "secrets", "services", group=""
    ),
    Permission.of(["create", "get"], "pods/attach", "pods/exec", group=""),
    Permission.read("pods/log", group=""),
]
_VALUES: JsonObject = {
    "concurrent": 10,
    "checkInterval": 30,
    "metrics": {"enabled": True, "port": _METRICS, "portName": "metrics"},
    "rbac": {"create": False},
    "podSecurityContext": {
        "runAsUser": _USER,
        "fsGroup": _GROUP,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": False,
        "runAsNonRoot": True,
        "privileged": False,
        "capabilities": {"drop": ["ALL"]},
    },
    "resources": bounded("100m", "128Mi", "500m", "512Mi"),
}


def _config(address: str, namespace: str, objects: ObjectStorage) -> str:
    """Return the configuration of the runner (source: GitLab Runner, config.toml)."""
    return f"""\
[[runners]]
  executor = "kubernetes"
  clone_url = "{address}"
  environment = ["FF_USE_KANIKO_FOR_BUILDS=true"]
  [runners.cache]
    Type = "s3"
    Shared = true
    [runners.cache.s3]
      ServerAddress = "{objects.host}"
      BucketName = "{objects.bucket("cache")}"
      BucketLocation = "{objects.region}"
      Insecure = true
  [runners.kubernetes]
    namespace = "{namespace}"
    image = "ubuntu:22.04"
    helper_image = "{container_image.GITLAB_RUNNER_HELPER}"
    privileged = false
    service_account = "{_NAME}"
    cpu_request = "500m"
    cpu_limit = "2"
    memory_request = "1Gi"
    memory_limit = "4Gi"
    [runners.kubernetes.pod_labels]
      "managed-by" = "{_NAME}"
      "component" = "ci-job"
    [runners.kubernetes.pod_security_context]
      run_as_non_root = true
      run_as_user = 1000
      fs_group = 1000
    [[runners.kubernetes.volumes.empty_dir]]
      name = "cache"
      mount_path = "/cache"
      medium = "Memory"
    [[runners.kubernetes.volumes.empty_dir]]
      name = "docker-config"
      mount_path = "/kaniko/.docker"
"""
