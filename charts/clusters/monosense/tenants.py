"""Tenants of monosense.io: single sign-on and the registry on infra, GitLab and runners on apps."""

from charts import catalogue, crd_source
from charts.clusters.monosense.data import Data, Messaging
from charts.clusters.monosense.logins import CLIENTS, GITLAB, HARBOR, LOGINS, REALM, SSO
from charts.clusters.monosense.shared import Shared
from charts.infrastructure.crds import Crds
from charts.security.keycloak.operator import KeycloakController
from charts.security.keycloak.server import KeycloakSecrets, KeycloakServer
from charts.tooling.gha_rootless_runners import RootlessRunners
from charts.tooling.gha_runner_controller import GhaRunnerController, RunnerControllerSettings
from charts.tooling.gitlab.runner import GitLabRunner
from charts.tooling.gitlab.server import GitLab
from charts.tooling.gitlab.store import GitLabStores, ObjectStorage
from charts.tooling.harbor.external import ExternalHarbor, HarborStores
from charts.tooling.mesh_data import MeshDatabase
from charts.tooling.shared_dragonfly import PORT
from kubestrata.constructs import Endpoint
from kubestrata.constructs.network import NetworkPort, ServiceEndpoint

MINIO = ("10.25.11.3", 9000)
_INFRA, _APPS = "kubernetes/infra", "kubernetes/apps"


def add_infra_tenants(shared: Shared, data: Data) -> KeycloakServer:
    """Add Keycloak and Harbor."""
    shared.cluster.offer(LOGINS)
    sso = _sign_on(shared, _pool(data, "keycloak"))
    harbor = ExternalHarbor(
        shared.cluster,
        namespace=shared.namespaces.harbor,
        host=HARBOR,
        stores=HarborStores(
            pooler=_pool(data, "harbor"),
            database="harbor",
            user="harbor",
            cache=data.dragonfly.endpoint.behind(data.dragonfly.service.port(PORT)),
            s3=MINIO,
            storage_class=shared.storage.block,
        ),
        entries=f"{_INFRA}/harbor",
        sign_on=sso.way_in,
    )
    sso.admit(harbor.core)
    return sso


def _pool(data: Data, database: str) -> ServiceEndpoint:
    pool = data.postgres.pools[database]
    return pool.endpoint.behind(pool.service)


def _sign_on(shared: Shared, pooler: ServiceEndpoint) -> KeycloakServer:
    """Add Keycloak with its operator; `pooler` leads to its database."""
    cluster, namespaces = shared.cluster, shared.namespaces
    Crds(cluster, "crds-keycloak", source=crd_source.KEYCLOAK)
    controller = KeycloakController(
        cluster,
        namespace=namespaces.keycloak_operator_system,
        watched=namespaces.keycloak_system,
    )
    cluster.offer(controller.operator)
    return KeycloakServer(
        cluster,
        namespace=namespaces.keycloak_system,
        host=SSO,
        issuer=shared.issuer,
        pooler=pooler,
        secrets=KeycloakSecrets(
            database=f"{_INFRA}/cloudnative-pg/keycloak", administrator=f"{_INFRA}/keycloak/admin"
        ),
        realm=REALM,
        clients=CLIENTS,
    )


def add_apps_tenants(shared: Shared, messaging: Messaging) -> None:
    """Add GitLab with its runner, and the runners of GitHub."""
    shared.cluster.offer(LOGINS)
    _gitlab(shared, messaging)
    _actions(shared)


def _remote(database: MeshDatabase) -> ServiceEndpoint:
    """Return a Service whose pods are in another cluster."""
    service = database.service
    ports = (NetworkPort(service.port),)
    return Endpoint(database.pods, ports, database).behind(service)


def _gitlab(shared: Shared, messaging: Messaging) -> None:
    cluster, namespaces = shared.cluster, shared.namespaces
    entries = f"{_APPS}/gitlab"
    address, port = MINIO
    objects = ObjectStorage(address, port, "us-east-1")
    gitlab = GitLab(
        cluster,
        namespace=namespaces.gitlab_system,
        host=GITLAB,
        registry=GITLAB.sub("registry"),
        stores=GitLabStores(
            pooler=_remote(messaging.gitlab_pool),
            cache=_remote(messaging.dragonfly),
            database="gitlab",
            objects=objects,
            storage_class=shared.storage.block,
        ),
        entries=entries,
    )
    GitLabRunner(
        cluster,
        namespace=namespaces.gitlab_runner,
        gitlab=gitlab,
        objects=objects,
        entries=entries,
    )


def _actions(shared: Shared) -> None:
    cluster, namespace = shared.cluster, shared.namespaces.actions_runner_system
    controller = GhaRunnerController(
        cluster,
        namespace=namespace,
        name="actions-runner-controller",
        chart=catalogue.GHA_RUNNER_SCALE_SET_CONTROLLER.at("0.13.0"),
        settings=_CONTROLLER,
    )
    RootlessRunners(
        cluster,
        "pilar-runner",
        namespace=namespace,
        controller=controller.service_account,
        url="https://github.com/monosense/pilar",
        entry=f"{_APPS}/github-arc/auth",
        storage_class=shared.storage.local,
        size=(1, 6),
    )


_CONTROLLER = RunnerControllerSettings(
    {
        "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "1Gi"},
        "limits": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "2Gi"},
    },
    replicas=1,
    user=1000,
    measured=True,
)
