"""A highly available Vault, unsealed and configured by Bank-Vaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from kubeapis import k8s, vault
from kubestrata.constructs.access import ClusterRole, Permission, Role, RoleSubject, ServiceAccount
from kubestrata.constructs.config.config_reference import ConfigKey
from kubestrata.constructs.data.operator import Operator
from kubestrata.constructs.network.connection import Endpoint, NetworkParty
from kubestrata.constructs.network.flow import Flow, NetworkPort
from kubestrata.constructs.network.peer import Pods
from kubestrata.constructs.secret.secret_reference import SecretReference
from kubestrata.constructs.vault.external_configuration import ExternalConfiguration
from kubestrata.constructs.vault.server_configuration import (
    CLUSTER_PORT,
    PORT,
    RaftStorage,
    UnsealKeys,
    VaultListener,
    server_config,
)
from kubestrata.core import patch as patching
from kubestrata.core.cluster import component_of
from kubestrata.core.declaration import Declaration
from kubestrata.core.node import Construct
from kubestrata.core.patch import TypedPatch
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.value.image import Image
from kubestrata.core.value.quantity import Quantity

_VAULT = Image("docker.io/hashicorp/vault:1.17.2")
_BANK_VAULTS = Image("ghcr.io/bank-vaults/bank-vaults:v1.32.0")
_NAME = "app.kubernetes.io/name"
_TRUST, _FOLDER = "trusted-ca", "/etc/ssl/certs/trusted-ca"


class VaultOperator(Operator):
    """The operator of Bank-Vaults."""


class VaultSpec(Declaration, kw_only=True):
    """Settings of Vault: the number of servers, their images and resources.

    Servers that `elect` a leader need a majority: 3 or 5 survive the loss of 1 or 2.
    """

    servers: Annotated[Literal[1, 3, 5], Meta(description="Servers, one of which is active.")] = 3
    image: Image = _VAULT
    bank_vaults_image: Image = _BANK_VAULTS
    cpu: Quantity = Quantity("250m")
    memory: Quantity = Quantity("256Mi")
    cpu_limit: Quantity | None = None
    memory_limit: Quantity = Quantity("512Mi")
    service_type: Literal["ClusterIP", "NodePort"] = "ClusterIP"
    ui: bool = True


class Vault(Construct, NetworkParty):
    """One Vault named `id`, its ServiceAccount `vault` with its Roles, and its network policies.

    `certificate` has the server's certificate for the names of the Services `<id>` and `<id>-0`,
    `<id>-1`, ..., and for 127.0.0.1. The operator creates the StatefulSet, the Services, and the
    Secret `unseal_keys`, which remains when Vault is deleted, as do the volumes. `trusted_ca` are
    certificates that the servers trust beside those of their image, such as a login provider's.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        certificate: SecretReference,
        storage: RaftStorage,
        spec: VaultSpec | None = None,
        listener: VaultListener | None = None,
        unseal: UnsealKeys | None = None,
        configuration: ExternalConfiguration | None = None,
        trusted_ca: ConfigKey | None = None,
        patches: Sequence[TypedPatch[Any]] = (),
    ) -> None:
        """Raise InvalidReference for a certificate of another namespace, or without `ca.crt`."""
        super().__init__(scope, f"{id}-vault")
        patching.register(self, patches)
        self._component = component_of(scope)
        wanted, self._unseal = spec or VaultSpec(), unseal or UnsealKeys()
        VaultOperator.precedes(self._component)
        self.service_account = ServiceAccount(self, "vault", token=True)
        space = self.service_account.resource.identity.namespace
        certificate.require_namespace(space)
        certificate.key("ca.crt")
        self._pods = Pods(id, space, {_NAME: "vault", "vault_cr": id})
        self._grant(id)
        config = server_config(id, space, storage, listener or VaultListener(), ui=wanted.ui)
        settings = configuration or ExternalConfiguration()
        self.resource = vault.Vault(
            self,
            id,
            spec=vault.VaultSpec(
                size=wanted.servers,
                image=wanted.image,
                bank_vaults_image=wanted.bank_vaults_image,
                service_account=self.service_account.ref.name,
                service_type=wanted.service_type,
                existing_tls_secret_name=certificate.name,
                # The exporter's image is not pinned by the operator, and nothing scrapes it.
                statsd_disabled=True,
                volume_claim_templates=[storage.claim],
                volumes=_volumes(trusted_ca),
                volume_mounts=[storage.mount, *_mounts(trusted_ca)],
                config=config,
                external_config=settings.config or None,
                unseal_config=self._unseal.field(space),
                resources=vault.VaultSpecResources(vault=_resources(wanted)),
                envs_config=[
                    _field("POD_NAME", "metadata.name"),
                    _field("POD_IP", "status.podIP"),
                    *_trust(trusted_ca),
                ],
                affinity=_apart(self._pods),
            ),
        )
        VaultOperator.connect(
            self, self._pods, [PORT, CLUSTER_PORT], more=[Flow.to_kubernetes_api()]
        )
        patching.check_used(self)

    def _grant(self, id: str) -> None:
        subject = RoleSubject.account(self.service_account)
        keys = f"{id}-unseal-keys"
        Role(
            self,
            "vault",
            permissions=[
                Permission.of(["create"], "secrets", group=""),
                Permission.of(["get", "update"], "secrets", group="", names=[keys]),
            ],
            subjects=[subject],
        )
        ClusterRole(
            self,
            "vault-auth-delegator",
            permissions=[
                Permission.of(["create"], "tokenreviews", group="authentication.k8s.io"),
                Permission.of(["create"], "subjectaccessreviews", group="authorization.k8s.io"),
            ],
            subjects=[subject],
        )

    @property
    def ref(self) -> Reference:
        """Return the Vault; components that use it wait until it has an active server."""
        return self.resource.ref

    @property
    def service(self) -> ServiceReference:
        """Return the Service of the active server, which speaks HTTPS."""
        return ServiceReference(self.ref.makes("Service"), PORT)

    @property
    def unseal_keys(self) -> SecretReference:
        """Return the Secret with the unseal keys, and `vault-root` if the root token is kept."""
        name = f"{self.ref.object_name}-unseal-keys"
        return SecretReference(self.ref.makes("Secret", name), self._unseal.keys)

    @property
    def endpoint(self) -> Endpoint:
        """Return the servers, on the port of the API."""
        return Endpoint(self._pods, (NetworkPort(PORT),), self._component, self.resource.ref)

    def _party(self) -> Endpoint:
        return self.endpoint


def _resources(spec: VaultSpec) -> k8s.ResourceRequirements:
    limits = {"memory": spec.memory_limit}
    if spec.cpu_limit is not None:
        limits["cpu"] = spec.cpu_limit
    return k8s.ResourceRequirements(
        requests={"cpu": spec.cpu, "memory": spec.memory}, limits=limits
    )


def _field(name: str, path: str) -> vault.VaultSpecEnvsConfig:
    selector = k8s.ObjectFieldSelector(field_path=path)
    value = vault.VaultSpecEnvsConfigValueFrom(field_ref=selector)
    return vault.VaultSpecEnvsConfig(name=name, value_from=value)


def _volumes(trusted: ConfigKey | None) -> list[vault.VaultSpecVolumes] | None:
    if trusted is None:
        return None
    files = trusted.config.volume(trusted.key)
    return [vault.VaultSpecVolumes(name=_TRUST, config_map=files)]


def _mounts(trusted: ConfigKey | None) -> list[k8s.VolumeMount]:
    if trusted is None:
        return []
    return [k8s.VolumeMount(name=_TRUST, mount_path=_FOLDER, read_only=True)]


def _trust(trusted: ConfigKey | None) -> list[vault.VaultSpecEnvsConfig]:
    """Return the variable by which Go finds the file; folders of the image are read as well."""
    if trusted is None:
        return []
    return [vault.VaultSpecEnvsConfig(name="SSL_CERT_FILE", value=f"{_FOLDER}/{trusted.key}")]


def _apart(pods: Pods) -> k8s.Affinity:
    """Return a preference for servers on different nodes."""
    term = k8s.PodAffinityTerm(
        topology_key="kubernetes.io/hostname",
        label_selector=k8s.LabelSelector(match_labels={_NAME: pods.labels[_NAME]}),
    )
    preferred = k8s.WeightedPodAffinityTerm(weight=100, pod_affinity_term=term)
    return k8s.Affinity(
        pod_anti_affinity=k8s.PodAntiAffinity(
            preferred_during_scheduling_ignored_during_execution=[preferred]
        )
    )
