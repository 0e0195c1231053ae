"""GitHub Actions runners whose jobs use a Docker daemon of their own, without root."""

from collections.abc import Mapping

from charts import catalogue, container_image
from charts.resource_request import resources
from charts.security_context import HARDENED, WRITABLE_ROOT, restricted_pod
from charts.tooling.gha_runner_controller import LISTENER
from charts.tooling.gha_runner_set import APP_KEYS, SET, RunnerRegistration, runner_set
from kubestrata import Cluster, Component, Duration, JsonObject, Reconcile, Reference
from kubestrata.constructs import ExternalSecret, Pods, SecretSource
from kubestrata.constructs.access import Permission, Role, RoleSubject, ServiceAccount
from kubestrata.constructs.observability import Monitoring, Scrape

_USER = 1000
_WORK, _SOCKET, _STATE = "work", "dind-sock", "/home/rootless/.local/share/docker"
_LISTENER_PORT = 8080
_EVICTED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}


class RootlessRunners(Component):
    """The runner set `name`, with a volume of `storage_class` for the work of each runner.

    `url` is the repository's page, `entry` that of the secret store with the GitHub App that
    registers the runners.
    """

    def __init__(
        self,
        scope: Cluster,
        name: str,
        *,
        namespace: Reference,
        controller: Reference,
        url: str,
        entry: str,
        storage_class: Reference,
        size: tuple[int, int],
    ) -> None:
        reconcile = Reconcile(timeout=Duration("10m"))
        super().__init__(scope, name, layer="tooling", namespace=namespace, reconcile=reconcile)
        source = SecretSource.all_of(entry, keys=APP_KEYS)
        login = ExternalSecret(self, f"{name}-secret", source=source).secret
        account = ServiceAccount(self, name)
        subjects = [RoleSubject.account(account)]
        Role(self, name, permissions=[_READS], subjects=subjects)
        runner_set(
            self,
            name,
            registration=RunnerRegistration(url, login, controller),
            size=size,
            chart=catalogue.GHA_RUNNER_SCALE_SET.at("0.13.0"),
            values={
                "listenerTemplate": _LISTENER,
                "template": {
                    "metadata": {"annotations": _EVICTED},
                    "spec": {"serviceAccountName": account.name, **_pod(storage_class)},
                },
            },
        )
        if scope.find(Monitoring) is not None:
            labels = {SET: name, **LISTENER}
            pods = Pods(f"{name}-listener", namespace.object_name, labels)
            Scrape(self, f"{name}-listener", pods=pods, port="metrics", pod_port=_LISTENER_PORT)


_READS = Permission.read("pods", "pods/log", group="")
_LISTENER: JsonObject = {
    "spec": {
        "securityContext": restricted_pod(_USER),
        "containers": [{"name": "listener", "securityContext": WRITABLE_ROOT}],
    }
}
_FOR_JOBS = {
    "DOCKER_HOST": "unix:///var/run/docker.sock",
    "ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER": "false",
    "RUNNER_WAIT_FOR_DOCKER_IN_SECONDS": "120",
    "RUNNER_WORKDIR": "/home/runner/_work",
}
_FOR_DAEMON = {
    "DOCKER_TLS_CERTDIR": "",
    "DOCKER_DRIVER": "overlay2",
    "DOCKER_BUILDKIT": "1",
    "DOCKER_HOST": f"unix:///run/user/{_USER}/docker.sock",
    "DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS": "--net=slirp4netns --mtu=1500",
}
_RESOURCES: JsonObject = {
    "requests": {"cpu": "1", "memory": "2Gi", "ephemeral-storage": "5Gi"},
    "limits": {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "10Gi"},
}


def _pod(storage_class: Reference) -> JsonObject:
    return {
        "automountServiceAccountToken": False,
        # The group may write to the volume: its owner is root.
        "securityContext": {**restricted_pod(_USER), "runAsGroup": _USER, "fsGroup": _USER},
        "initContainers": [_folders()],
        "containers": [_runner(), _daemon()],
        "volumes": [
            {"name": _WORK, "ephemeral": {"volumeClaimTemplate": _claim(storage_class)}},
            {"name": _SOCKET, "emptyDir": {"sizeLimit": "128Mi"}},
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
        ],
    }


def _claim(storage_class: Reference) -> JsonObject:
    return {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class.name,
            "resources": {"requests": {"storage": "75Gi"}},
        }
    }


def _folders() -> JsonObject:
    """Return a container that creates both folders of the volume, so that its user owns them."""
    return {
        "name": "folders",
        "image": container_image.BUSYBOX,
        "command": ["mkdir", "-p", f"/volume/{_WORK}", "/volume/docker"],
        "securityContext": HARDENED,
        "resources": resources("10m", "16Mi", "32Mi"),
        "volumeMounts": [{"name": _WORK, "mountPath": "/volume"}],
    }


def _runner() -> JsonObject:
    return {
        "name": "runner",
        "image": container_image.ACTIONS_RUNNER,
        "command": ["/home/runner/run.sh"],
        "env": _variables(_FOR_JOBS),
        "securityContext": WRITABLE_ROOT,
        "resources": _RESOURCES,
        "volumeMounts": [
            {"name": _WORK, "mountPath": "/home/runner/_work", "subPath": _WORK},
            {"name": _SOCKET, "mountPath": "/var/run"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # a volume
        ],
    }


def _daemon() -> JsonObject:
    """Return the daemon, which maps its users by a program with the rights of root."""
    answers: JsonObject = {"exec": {"command": ["docker", "info"]}}
    return {
        "name": "dind",
        "image": container_image.DOCKER_ROOTLESS,
        "env": _variables(_FOR_DAEMON),
        "securityContext": {"allowPrivilegeEscalation": True},
        "livenessProbe": {**answers, "initialDelaySeconds": 30, "periodSeconds": 30},
        "readinessProbe": {**answers, "initialDelaySeconds": 15, "periodSeconds": 10},
        "resources": _RESOURCES,
        "volumeMounts": [
            {"name": _WORK, "mountPath": "/home/runner/_work", "subPath": _WORK},
            {"name": _WORK, "mountPath": _STATE, "subPath": "docker"},
            {"name": _SOCKET, "mountPath": f"/run/user/{_USER}"},
        ],
    }


def _variables(values: Mapping[str, str]) -> list[JsonObject]:
    return [{"name": name, "value": value} for name, value in values.items()]
