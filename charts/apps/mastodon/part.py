"""Parts of Mastodon: Deployments that differ by their groups of variables, command and scale."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import field

from charts.apps.mastodon.environment import (
    AUTHORITY_FOLDER,
    SEARCH_AUTHORITY,
    Group,
    MastodonEnvironment,
    MastodonServices,
)
from charts.apps.mastodon.placement import SPARE_NODES, MastodonPriorities
from kubestrata import Component, Frozen, Image, TypedPatch
from kubestrata.constructs import (
    Availability,
    Container,
    ContainerException,
    Justification,
    Mount,
    PodSecurity,
    PodSettings,
    Scaling,
    Volume,
    Workload,
)
from kubestrata.constructs.scaling import DisruptionBudget

SERVER = Image("ghcr.io/glitch-soc/mastodon:v4.5.0")
STREAMING_SERVER = Image("ghcr.io/glitch-soc/mastodon-streaming:v4.5.0")
USER = 991
# Workloads with as many pods have a budget anyway.
_BUDGETED = 2
SEARCH_CLIENT = {"elasticsearch-client": "true"}
WORKER = {"component": "sidekiq"}
WRITES = ContainerException.writable_root(
    Justification(
        reason="Mastodon writes caches and uploads below its own folder",
        owner="platform",
        expires="2027-05-31",
    )
)


class Part(Frozen, kw_only=True):
    """A Deployment: `container` is what its pods differ by, `groups` their variables in order.

    Pods of the group `search` use Elasticsearch.
    """

    name: str
    image: Image
    groups: Sequence[Group]
    container: Container
    scaling: Scaling
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    patches: Sequence[TypedPatch[Any]] = ()

    @property
    def searches(self) -> bool:
        """Return True if the part uses Elasticsearch."""
        return "search" in self.groups


class MastodonParts:
    """Creates parts in one component, on what they all share."""

    def __init__(
        self,
        component: Component,
        environment: MastodonEnvironment,
        services: MastodonServices,
        priorities: MastodonPriorities,
    ) -> None:
        self._component, self._environment = component, environment
        self._services = services
        self._availability = Availability(
            max_unavailable=1,
            spread_zones=False,
            anti_affinity="preferred",
            priority=priorities.high.name,
        )

    def run(self, part: Part) -> Workload:
        """Create the Deployment of a part, its autoscaler and its disruption budget."""
        workload = Workload(
            self._component,
            part.name,
            image=part.image,
            container=self._container(part),
            pod=PodSettings(
                labels={
                    "app": part.name,
                    **(SEARCH_CLIENT if part.searches else {}),
                    **part.labels,
                },
                security=PodSecurity(user=USER),
                scheduling=SPARE_NODES,
                volumes=self._volumes(part),
            ),
            scaling=part.scaling,
            availability=self._availability,
            patches=part.patches,
        )
        if part.scaling.min < _BUDGETED:
            # One of one may be evicted; once there are several, one at a time.
            DisruptionBudget(
                self._component,
                part.name,
                labels=workload.labels,
                availability=self._availability,
                replicas=part.scaling.min,
            )
        return workload

    def _container(self, part: Part) -> Container:
        wanted, services = part.container, self._services
        searched = part.searches
        password = {"ES_PASS": services.search.login.key("elastic")} if searched else {}
        authority = {SEARCH_AUTHORITY: Mount(volume="es-ca", sub_path="ca.crt")}
        return msgspec.structs.replace(
            wanted,
            env_from=self._environment.sources(part.groups),
            env={**wanted.env, **password},
            mounts={AUTHORITY_FOLDER: "db-ca", **(authority if searched else {})},
            exceptions=[WRITES],
        )

    def _volumes(self, part: Part) -> dict[str, Any]:
        services = self._services
        search = {"es-ca": Volume.secret(services.search.authority.name)} if part.searches else {}
        return {"db-ca": Volume.secret(services.database.authority.name), **search}
