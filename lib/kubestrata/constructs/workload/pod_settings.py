"""Settings of a pod beside its main container: more containers, volumes, nodes, network, users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Literal

from msgspec import Meta

from kubeapis import k8s
from kubestrata.constructs.scaling import VerticalScaling
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.exception import PodException
from kubestrata.constructs.workload.port import PortNumber
from kubestrata.constructs.workload.scheduling import Scheduling
from kubestrata.constructs.workload.volume import POD_VOLUMES, PodVolume
from kubestrata.core.argument import require
from kubestrata.core.declaration import Declaration
from kubestrata.core.names import check_label, check_labels, check_subdomain
from kubestrata.core.value.image import Image

_Id = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_User = Annotated[int, Meta(ge=1, le=2**31 - 1)]
_MOST_NAMESERVERS, _MOST_SEARCHES = 3, 32
# Source: core validatePodDNSConfig; the sum of search paths with their separators.
_LONGEST_SEARCHES = 2048


class ExtraContainer(Container, kw_only=True):
    """A container beside the main one, from its own image, without a port unless declared.

    Ports of init containers are ignored.
    """

    image: Image
    port: PortNumber | None = None


class PodNetworking(Declaration, kw_only=True):
    """Name resolution and names of a pod; None is the cluster's DNS.

    `options` of the resolver have a value or None (`{"ndots": "2"}`), `host_aliases` are names by
    address.
    """

    dns_policy: Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] | None = None
    nameservers: Annotated[Sequence[str], Meta(max_length=_MOST_NAMESERVERS)] = ()
    searches: Annotated[Sequence[str], Meta(max_length=_MOST_SEARCHES)] = ()
    options: Mapping[str, str | None] = {}
    host_aliases: Mapping[str, Sequence[str]] = {}
    hostname: str | None = None

    def __post_init__(self) -> None:
        """Reject addresses and names that the API server refuses."""
        super().__post_init__()
        if self.dns_policy == "None" and not self.nameservers:
            raise self.refuse("nameservers", "is empty, but dns_policy is 'None'", "name one")
        for field, addresses in (
            ("nameservers", self.nameservers),
            ("host_aliases", self.host_aliases),
        ):
            for address in addresses:
                try:
                    ip_address(address)
                except ValueError:
                    raise self.refuse(field, f"{address!r} is not an IP address") from None
        for names in self.host_aliases.values():
            for name in names:
                check_subdomain("host alias", name)
        for search in self.searches:
            check_subdomain("search path", search.removesuffix("."))
        if len(" ".join(self.searches)) > _LONGEST_SEARCHES:
            raise self.refuse("searches", f"are longer than {_LONGEST_SEARCHES} characters")
        if self.hostname is not None:
            check_label("hostname", self.hostname)


class PodSecurity(Declaration, kw_only=True):
    """Users of a pod, and its exceptions from isolation.

    `user` is that of all containers, with a group of the same number unless `group`; by default the
    cluster's. Volumes belong to `volume_group`. `runtime_checks` is when their owner is changed.
    """

    user: _User | None = None
    group: _User | None = None
    volume_group: _Id | None = None
    volume_group_change: Literal["Always", "OnRootMismatch"] | None = None
    more_groups: Sequence[_Id] = ()
    exceptions: Sequence[PodException] = ()

    @property
    def host_network(self) -> bool:
        """Return True if pods are on the network of their node."""
        return any(each.freedom == "host-network" for each in self.exceptions)


class PodSettings(Declaration, kw_only=True):
    """Everything about pods that is not their main container.

    Containers are by name: `init_containers` run one after the other before the rest, `sidecars`
    start before the main container and end after it (Kubernetes 1.29), `containers` run beside it.
    Volumes are by name, for `Container.mounts`. `permissions` are rules of a Role in the pods'
    namespace, whose token is mounted; a `service_account` of others replaces the own one.
    `pull_secrets` are names of Secrets of registries. `vertical` sizes the requests.
    """

    init_containers: Mapping[str, ExtraContainer] = {}
    sidecars: Mapping[str, ExtraContainer] = {}
    containers: Mapping[str, ExtraContainer] = {}
    volumes: Mapping[str, PodVolume] = {}
    scheduling: Scheduling = Scheduling()
    networking: PodNetworking = PodNetworking()
    security: PodSecurity = PodSecurity()
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    pull_secrets: Sequence[str] = ()
    service_account: str | None = None
    permissions: Sequence[k8s.PolicyRule] = ()
    grace_seconds: Annotated[int, Meta(ge=0)] | None = None
    vertical: VerticalScaling | None = None

    def __post_init__(self) -> None:
        """Reject names that clash, and settings of init containers that the API server refuses."""
        for name, volume in self.volumes.items():
            check_label("volume", name)
            if not isinstance(volume, POD_VOLUMES):
                why = f"{name!r} is a {type(volume).__name__}, which is not a volume"
                fix = "use Volume.claim(...), Volume.empty(...) or others"
                raise self.refuse("volumes", why, fix)
        self.check_fields(without=("containers", "init_containers", "sidecars"))
        self._check_containers()
        self._check_names()
        if self.permissions and self.service_account is not None:
            why = "are those of the workload's own account, but service_account is set"
            raise self.refuse("permissions", why, "bind a Role to that account")

    def _check_containers(self) -> None:
        seen: set[str] = set()
        for name, container in self.extra:
            require(f"container {name!r}", container, ExtraContainer)
            check_label("container", name)
            if name in seen:
                raise self.refuse("containers", f"has {name!r} twice in the pod", "rename one")
            seen.add(name)
        for name, each in self.init_containers.items():
            if each.probes is not None or each.lifecycle is not None:
                why = f"{name!r} has probes or hooks, but ends before the pod runs"
                raise self.refuse("init_containers", why, "remove them, or use sidecars")

    def _check_names(self) -> None:
        if self.service_account is not None:
            check_subdomain("service account", self.service_account)
        for name in self.pull_secrets:
            check_subdomain("pull secret", name)
        check_labels("a pod", self.labels)
        for key in self.annotations:
            check_labels("a pod", {key.lower(): ""})

    @property
    def extra(self) -> Iterator[tuple[str, ExtraContainer]]:
        """Yield all containers but the main one, by name."""
        yield from self.init_containers.items()
        yield from self.sidecars.items()
        yield from self.containers.items()
