"""Tenants of infra and apps: single sign-on, Harbor, GitLab, and runners."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from typing import Any

import pytest
import yaml

from charts.clusters.monosense.apps import apps
from charts.clusters.monosense.infra import infra
from charts.clusters.monosense.logins import CLIENTS
from kubestrata import Platform, synthesize
from kubestrata.delivery.delivered import Delivered

Manifest = dict[str, Any]
# The entry and the fields of the store that each ExternalSecret of a tenant reads.
ENTRIES = {
    "infra": {
        "keycloak-system/keycloak-admin": (
            "kubernetes/infra/keycloak/admin",
            ["username", "password"],
        ),
        "keycloak-system/keycloak-db-credentials": (
            "kubernetes/infra/cloudnative-pg/keycloak",
            ["username", "password"],
        ),
        "keycloak-system/keycloak-client-gitlab": (
            "kubernetes/apps/gitlab/oidc",
            ["client_secret"],
        ),
        "keycloak-system/keycloak-client-grafana": (
            "kubernetes/infra/grafana/oidc",
            ["client_secret"],
        ),
        "keycloak-system/keycloak-client-harbor": (
            "kubernetes/infra/harbor/oidc",
            ["client_secret"],
        ),
        "harbor/harbor-db-credentials": (
            "kubernetes/infra/harbor/database",
            ["password", "sslmode"],
        ),
        "harbor/harbor-redis-credentials": ("kubernetes/infra/harbor/redis", ["password"]),
        "harbor/harbor-s3-credentials": (
            "kubernetes/infra/harbor/s3",
            ["regionendpoint", "bucket", "accesskey", "secretkey", "region"],
        ),
        "harbor/harbor-admin-credentials": ("kubernetes/infra/harbor/admin", ["password"]),
        "harbor/harbor-core-secret": (
            "kubernetes/infra/harbor/core",
            ["secret_key", "xsrf_key", "registry_password"],
        ),
        "harbor/harbor-oidc-settings": ("kubernetes/infra/harbor/oidc", ["client_secret"]),
        # Generated in the cluster.
        "harbor/harbor-secret-key": ("", []),
    },
    "apps": {
        "gitlab-system/gitlab-db-credentials": ("kubernetes/apps/gitlab/db", ["password"]),
        "gitlab-system/gitlab-redis-credentials": ("kubernetes/apps/gitlab/redis", ["password"]),
        "gitlab-system/gitlab-root-password": ("kubernetes/apps/gitlab/root", ["password"]),
        "gitlab-system/gitlab-oidc-credentials": (
            "kubernetes/apps/gitlab/oidc",
            ["client_id", "client_secret"],
        ),
        **{
            f"gitlab-system/gitlab-{name}": (
                "kubernetes/apps/gitlab/s3",
                ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"],
            )
            for name in ("s3-credentials", "registry-storage", "toolbox-s3cfg")
        },
        "gitlab-runner/gitlab-runner-cache": (
            "kubernetes/apps/gitlab/s3",
            ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"],
        ),
        "gitlab-runner/gitlab-runner-registration": (
            "kubernetes/apps/gitlab/runner-token",
            ["token"],
        ),
        "actions-runner-system/pilar-runner-secret": ("kubernetes/apps/github-arc/auth", []),
    },
}


@cache
def delivered() -> Delivered:
    """Return both clusters, built once."""
    platform = Platform()
    infra(platform)
    apps(platform)
    return synthesize(platform)


@cache
def objects(cluster: str, kind: str) -> dict[str, Manifest]:
    """Return the objects of a kind of a cluster, as `namespace/name`."""
    (found,) = [each for each in delivered().clusters if each.name == cluster]
    files = [*found.entry, *(file for unit in found.units for file in unit.files or ())]
    manifests = [file.manifest for file in files if file.manifest]
    return {
        f"{each['metadata'].get('namespace', '')}/{each['metadata']['name']}": each
        for each in manifests
        if each["kind"] == kind
    }


def spec(cluster: str, kind: str, name: str) -> Manifest:
    made: Manifest = objects(cluster, kind)[name]["spec"]
    return made


def release(cluster: str, name: str) -> Manifest:
    made: Manifest = spec(cluster, "HelmRelease", name)["values"]
    return made


def template(cluster: str, name: str) -> dict[str, str]:
    made: dict[str, str] = spec(cluster, "ExternalSecret", name)["target"]["template"]["data"]
    return made


def realm() -> Manifest:
    made: Manifest = spec("infra", "KeycloakRealmImport", "keycloak-system/platform-realm")
    return made


@pytest.mark.parametrize("cluster", ENTRIES)
def test_the_tenants_read_these_entries_of_the_store(cluster: str) -> None:
    namespaces = {name.partition("/")[0] for name in ENTRIES[cluster]}
    found = {}
    for name, each in objects(cluster, "ExternalSecret").items():
        if name.partition("/")[0] in namespaces:
            data = each["spec"].get("data", [])
            whole = [
                one.get("extract", {}).get("key", "") for one in each["spec"].get("dataFrom", [])
            ]
            (entry,) = {one["remoteRef"]["key"] for one in data} or set(whole)
            found[name] = (entry, [one["remoteRef"]["property"] for one in data])
    assert found == ENTRIES[cluster]


class TestSignOn:
    """Keycloak and what logs in by it."""

    def test_clients_are_called_back_at_the_hosts_of_their_routes(self) -> None:
        hosts = {
            host
            for cluster in ("apps", "infra")
            for each in objects(cluster, "HTTPRoute").values()
            for host in each["spec"]["hostnames"]
        }
        redirects = [one for each in realm()["realm"]["clients"] for one in each["redirectUris"]]
        assert redirects == [
            "https://gitlab.apps.monosense.io/users/auth/openid_connect/callback",
            "https://grafana.monosense.io/login/generic_oauth",
            "https://harbor.infra.monosense.io/c/oidc/callback",
        ]
        # The route of Grafana belongs to the observability of infra.
        assert {"gitlab.apps.monosense.io", "harbor.infra.monosense.io"} <= hosts

    def test_a_client_and_its_application_read_one_entry(self) -> None:
        for client in CLIENTS:
            name = f"keycloak-system/keycloak-client-{client.application.id}"
            (data,) = spec("infra", "ExternalSecret", name)["data"]
            assert data["remoteRef"] == {"key": client.secret.path, "property": "client_secret"}
        gitlab = spec("apps", "ExternalSecret", "gitlab-system/gitlab-oidc-credentials")
        harbor = spec("infra", "ExternalSecret", "harbor/harbor-oidc-settings")
        grafana = spec("infra", "ExternalSecret", "observability/grafana-oidc")
        made = (gitlab, grafana, harbor)
        entries = [{one["remoteRef"]["key"] for one in each["data"]} for each in made]
        assert entries == [{each.secret.path} for each in CLIENTS]

    def test_secrets_of_clients_are_placeholders(self) -> None:
        made = realm()
        used = [each["secret"] for each in made["realm"]["clients"]]
        ids = [each.application.id for each in CLIENTS]
        assert used == [f"${{CLIENT_SECRET_{each.upper()}}}" for each in ids]
        assert {name: each["secret"] for name, each in made["placeholders"].items()} == {
            f"CLIENT_SECRET_{each.upper()}": {
                "name": f"keycloak-client-{each}",
                "key": "client_secret",
            }
            for each in ids
        }

    def test_applications_log_in_to_the_realm_that_is_imported(self) -> None:
        issuer = f"https://sso.monosense.io/realms/{realm()['realm']['realm']}"
        provider = yaml.safe_load(
            template("apps", "gitlab-system/gitlab-oidc-credentials")["oidc-provider"]
        )
        assert provider["args"]["issuer"] == issuer
        settings = json.loads(template("infra", "harbor/harbor-oidc-settings")["config"])
        assert settings["oidc_endpoint"] == issuer
        assert settings["oidc_client_secret"] == "{{ .client_secret }}"

    def test_the_gateway_reaches_a_port_without_tls(self) -> None:
        keycloak = spec("infra", "Keycloak", "keycloak-system/keycloak")
        assert keycloak["http"] == {"httpEnabled": True, "tlsSecret": "sso-tls"}
        assert keycloak["proxy"] == {"headers": "xforwarded"}
        (rule,) = spec("infra", "HTTPRoute", "keycloak-system/keycloak")["rules"]
        assert rule["backendRefs"] == [{"name": "keycloak-service", "port": 8080}]
        policy = spec("infra", "CiliumNetworkPolicy", "keycloak-system/keycloak-from-gateway")
        assert policy["ingress"][0]["toPorts"][0]["ports"] == [{"port": "8080", "protocol": "TCP"}]

    def test_caches_find_other_pods_by_the_headless_service(self) -> None:
        config = objects("infra", "ConfigMap")["keycloak-system/keycloak-cache-config"]["data"]
        (query,) = re.findall(r'dns_query="([^"]+)"', config["cache-ispn.xml"])
        name, namespace = query.split(".")[:2]
        service = spec("infra", "Service", f"{namespace}/{name}")
        assert service["clusterIP"] == "None"
        assert service["publishNotReadyAddresses"] is True
        owners = re.findall(r'distributed-cache name="(\w+)" owners="2"', config["cache-ispn.xml"])
        assert owners == [
            "sessions",
            "authenticationSessions",
            "offlineSessions",
            "clientSessions",
            "offlineClientSessions",
            "loginFailures",
            "actionTokens",
        ]

    def test_the_operator_watches_the_namespace_of_keycloak(self) -> None:
        name = "keycloak-operator-system/keycloak-operator"
        (container,) = spec("infra", "Deployment", name)["template"]["spec"]["containers"]
        env = {each["name"]: each.get("value") for each in container["env"]}
        assert env["RELATED_IMAGE_KEYCLOAK"] == "quay.io/keycloak/keycloak:26.4.5"
        assert {value for key, value in env.items() if key.startswith("QUARKUS_OPERATOR_SDK")} == {
            "keycloak-system"
        }
        assert objects("infra", "Role")["keycloak-system/keycloak-operator"]["rules"]

    def test_the_crds_come_without_the_operator_beside_them(self) -> None:
        ignore = spec("infra", "GitRepository", "flux-system/crds-keycloak")["ignore"]
        included = [line for line in ignore.splitlines() if line.endswith(".yml")]
        assert included == [
            "!/kubernetes/keycloakrealmimports.k8s.keycloak.org-v1.yml",
            "!/kubernetes/keycloaks.k8s.keycloak.org-v1.yml",
        ]


class TestHarbor:
    """The registry of infra."""

    def test_seventeen_values_come_from_secrets(self) -> None:
        sources = spec("infra", "HelmRelease", "harbor/harbor")["valuesFrom"]
        assert len(sources) == 17
        keys = {
            name.partition("/")[2]: set(template("infra", name))
            for name in ENTRIES["infra"]
            if name.startswith("harbor/") and name != "harbor/harbor-secret-key"
        }
        assert all(each["valuesKey"] in keys[each["name"]] for each in sources)

    def test_it_logs_in_as_the_role_that_owns_its_database(self) -> None:
        login = template("infra", "harbor/harbor-db-credentials")
        database = spec("infra", "Database", "cnpg-system/shared-postgres-harbor")
        assert login["HARBOR_DATABASE_USERNAME"] == database["owner"]
        assert login["HARBOR_DATABASE_DATABASE"] == database["name"]
        pooler = login["HARBOR_DATABASE_HOSTNAME"].partition(".")[0]
        assert f"cnpg-system/{pooler}" in objects("infra", "Pooler")

    def test_replicated_services_have_a_budget(self) -> None:
        found = objects("infra", "PodDisruptionBudget")
        limits = {
            name: each["spec"]["minAvailable"]
            for name, each in found.items()
            if name.startswith("harbor/")
        }
        parts = ("core", "nginx", "portal", "registry", "trivy")
        assert limits == {f"harbor/harbor-{part}": 1 for part in parts}


class TestGitLab:
    """GitLab of apps, and its runner."""

    def test_three_parts_read_settings_of_s3_in_their_own_forms(self) -> None:
        values = release("apps", "gitlab-system/gitlab")
        rails = values["global"]["appConfig"]["object_store"]["connection"]
        images = values["registry"]["storage"]
        backup = values["gitlab"]["toolbox"]["backups"]["objectStorage"]["config"]
        names = [each["secret"] for each in (rails, images, backup)]
        assert names == ["gitlab-s3-credentials", "gitlab-registry-storage", "gitlab-toolbox-s3cfg"]
        forms = {name: template("apps", f"gitlab-system/{name}") for name in names}
        fog = yaml.safe_load(forms[rails["secret"]][rails["key"]])
        assert (fog["provider"], fog["endpoint"]) == ("AWS", "http://10.25.11.3:9000")
        storage = yaml.safe_load(forms[images["secret"]][images["key"]])
        assert storage["s3"]["bucket"] == "gitlab-registry"
        assert forms[backup["secret"]][backup["key"]].startswith("[default]\n")

    def test_it_reaches_the_database_and_the_cache_of_infra_by_their_names(self) -> None:
        values = release("apps", "gitlab-system/gitlab")["global"]
        hosts = [values["psql"]["host"], values["redis"]["host"]]
        assert hosts == [
            "gitlab-pooler.cnpg-system.svc.cluster.local",
            "dragonfly-global.dragonfly-system.svc.cluster.local",
        ]
        for host in hosts:
            name, namespace = host.split(".")[:2]
            for cluster in ("apps", "infra"):
                services = objects(cluster, "Service")
                shared = f"{namespace}/{name}" in services
                assert shared or f"{namespace}/{name}" in objects(cluster, "Pooler")
        owner = spec("infra", "Database", "cnpg-system/shared-postgres-gitlab")["owner"]
        assert values["psql"]["username"] == owner

    def test_a_pooler_in_transaction_mode_gets_no_prepared_statements(self) -> None:
        assert spec("infra", "Pooler", "cnpg-system/gitlab-pooler")["pgbouncer"]["poolMode"] == (
            "transaction"
        )
        psql = release("apps", "gitlab-system/gitlab")["global"]["psql"]
        assert psql["preparedStatements"] is False

    def test_the_runner_reads_its_token_from_a_secret_with_both_keys(self) -> None:
        values = release("apps", "gitlab-runner/gitlab-runner")
        assert "runnerRegistrationToken" not in values
        name = values["runners"]["secret"]
        assert template("apps", f"gitlab-runner/{name}") == {
            "runner-registration-token": "",
            "runner-token": "{{ .token }}",
        }

    def test_pods_of_jobs_have_the_labels_that_policies_select(self) -> None:
        values = release("apps", "gitlab-runner/gitlab-runner")
        (runner,) = tomllib.loads(values["runners"]["config"])["runners"]
        labels = runner["kubernetes"]["pod_labels"]
        for name in ("gitlab-jobs", "gitlab-jobs-to-gitlab-webservice"):
            policy = spec("apps", "CiliumNetworkPolicy", f"gitlab-runner/{name}")
            assert policy["endpointSelector"]["matchLabels"] == labels
        assert runner["cache"]["s3"]["BucketName"] == "gitlab-cache"


class TestRunners:
    """Runners of GitHub on apps."""

    def test_no_container_runs_as_root(self) -> None:
        values = release("apps", "actions-runner-system/pilar-runner")
        pod = values["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        containers = [*pod["initContainers"], *pod["containers"]]
        users = [each.get("securityContext", {}).get("runAsUser") for each in containers]
        assert users == [None, None, None]
        assert pod["securityContext"]["runAsUser"] == 1000

    def test_the_chart_adds_no_second_daemon(self) -> None:
        values = release("apps", "actions-runner-system/pilar-runner")
        assert "containerMode" not in values
        names = [each["name"] for each in values["template"]["spec"]["containers"]]
        assert names == ["runner", "dind"]

    def test_jobs_find_the_socket_of_the_daemon(self) -> None:
        values = release("apps", "actions-runner-system/pilar-runner")
        runner, daemon = values["template"]["spec"]["containers"]
        at = {
            each["name"]: next(
                mount["mountPath"] for mount in each["volumeMounts"] if mount["name"] == "dind-sock"
            )
            for each in (runner, daemon)
        }
        env = {each["name"]: each["value"] for each in runner["env"]}
        assert env["DOCKER_HOST"] == f"unix://{at['runner']}/docker.sock"
        own = {each["name"]: each["value"] for each in daemon["env"]}
        assert own["DOCKER_HOST"] == f"unix://{at['dind']}/docker.sock"

    def test_controller_and_set_have_one_version(self) -> None:
        versions = {
            name: each["spec"]["ref"]["tag"]
            for name, each in objects("apps", "OCIRepository").items()
            if "gha-runner-scale-set" in name
        }
        assert len(versions) == 2
        assert set(versions.values()) == {"0.13.0"}


def test_the_tenants_serve_these_hosts() -> None:
    found = {
        name: (each["spec"]["hostnames"], each["spec"]["rules"][0]["backendRefs"][0])
        for cluster in ("apps", "infra")
        for name, each in objects(cluster, "HTTPRoute").items()
        if name.partition("/")[0] in ("gitlab-system", "harbor", "keycloak-system")
    }
    assert found == {
        "gitlab-system/gitlab-web": (
            ["gitlab.apps.monosense.io"],
            {"name": "gitlab-webservice-default", "port": 8181},
        ),
        "gitlab-system/gitlab-registry": (
            ["registry.gitlab.apps.monosense.io"],
            {"name": "gitlab-registry", "port": 5000},
        ),
        "harbor/harbor-web": (["harbor.infra.monosense.io"], {"name": "harbor", "port": 80}),
        "keycloak-system/keycloak": (
            ["sso.monosense.io"],
            {"name": "keycloak-service", "port": 8080},
        ),
    }
