"""Applications of talos: their logins, their order, and the Secrets that they read."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from charts.observability.boards.harbor import HARBOR
from tests.charts.talos_tree import applied, before, delivered, entry

DOMAIN = "test-cluster.agentydragon.com"
FLOOR = {
    ("apps/v1", "Deployment"): 4,
    # Without two jobs of the original that copy what nothing reads.
    ("batch/v1", "Job"): 1,
    ("cert-manager.io/v1", "Certificate"): 4,
    ("external-secrets.io/v1beta1", "ExternalSecret"): 23,
    ("generators.external-secrets.io/v1alpha1", "Password"): 10,
    # Three charts of the original's repository are Workloads here.
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"): 24,
    ("infra.contrib.fluxcd.io/v1alpha2", "Terraform"): 11,
    ("kagent.dev/v1alpha2", "Agent"): 1,
    ("kagent.dev/v1alpha2", "ModelConfig"): 1,
    ("kagent.dev/v1alpha2", "RemoteMCPServer"): 1,
    ("networking.k8s.io/v1", "Ingress"): 6,
    ("v1", "ConfigMap"): 6,
    ("v1", "PersistentVolumeClaim"): 2,
    ("v1", "Service"): 4,
}
# Application -> component of its module, of its Secret, of the application.
CHAINS = {
    "gitea": ("authentik-blueprint-gitea", "gitea-secrets", "gitea"),
    "grafana": ("grafana-sso", "grafana-secrets", "monitoring-stack"),
    "matrix": ("authentik-blueprint-matrix", "matrix-secrets", "matrix"),
    "vault": ("authentik-blueprint-vault", "vault-sign-on", "vault-oidc-auth"),
}
PROTECTED = {"kagent": ("kagent", "kagent-ui"), "loki": ("loki", "loki-stack")}


def terraform(name: str) -> dict[str, Any]:
    found: dict[str, Any] = applied()["Terraform", "flux-system", name]["spec"]
    return found


def variables(name: str) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in terraform(name)["vars"]}


def values(namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = applied()["HelmRelease", namespace, name]["spec"]["values"]
    return found


def test_every_kind_of_the_applications_is_delivered() -> None:
    counted = Counter((each["apiVersion"], each["kind"]) for each in applied().values())
    assert {kind: counted[kind] for kind in FLOOR if counted[kind] < FLOOR[kind]} == {}
    assert len(entry("Kustomization")) >= 48


@pytest.mark.parametrize("application", CHAINS)
def test_the_order_is_provider_namespace_secret_application(application: str) -> None:
    module, secret, last = CHAINS[application]
    assert {"authentik", "vault-token", "tofu-controller"} <= before(module)
    assert module in delivered().depends_on[secret]
    assert "namespaces" in before(secret)
    assert secret in delivered().depends_on[last]
    assert last not in before(module) | before(secret)


PUBLIC = ("authentik", "element-web", "firecrawl", "gitea", "harbor", "kagent", "loki", "matrix")


@pytest.mark.parametrize("name", [*PUBLIC, "monitoring-stack", "nix-cache", "test-app"])
def test_a_public_application_waits_for_its_controller_and_issuer(name: str) -> None:
    assert {"cert-manager-environment", "ingress-nginx"} <= before(name)


def test_harbor_runs_before_its_module_which_configures_it() -> None:
    assert "harbor" in delivered().depends_on["authentik-blueprint-harbor"]
    assert "authentik-blueprint-harbor" in delivered().depends_on["harbor-sign-on"]
    assert "harbor" in before("harbor-proxy-cache")
    assert "sso-secrets" in before("harbor")


def test_eleven_modules_run_with_the_trusted_certificates() -> None:
    found = [each["spec"] for (kind, *_), each in applied().items() if kind == "Terraform"]
    assert len(found) == 11
    for spec in found:
        (variable,) = spec["runnerPodTemplate"]["spec"]["env"]
        assert variable["name"] == "SSL_CERT_FILE"
        assert (spec["approvePlan"], spec["serviceAccountName"]) == ("auto", "tf-runner")
    slow = {name for (kind, _, name) in applied() if kind == "Terraform" and is_hourly(name)}
    assert slow == {"authentik-blueprint-users"}


def is_hourly(name: str) -> bool:
    return bool(terraform(name)["interval"] == "1h")


def test_the_module_of_vault_gets_what_it_declares_and_the_public_issuer() -> None:
    assert variables("vault-oidc-auth") == {
        "vault_address": "https://instance.vault.svc.cluster.local:8200",
        "authentik_oidc_discovery_url": f"https://auth.{DOMAIN}/application/o/vault/",
        "vault_external_url": f"https://vault.{DOMAIN}",
    }
    spec = terraform("vault-oidc-auth")
    assert [each["name"] for each in spec["dependsOn"]] == ["authentik-blueprint-vault"]
    (secret,) = [each for each in spec["varsFrom"] if each.get("optional")]
    assert list(secret["varsKeys"]) == ["client_secret:vault_client_secret"]


def test_the_secret_of_vault_is_copied_to_its_module() -> None:
    made = applied()["ExternalSecret", "vault", "vault-oauth-client-secret"]["spec"]["target"]
    notes = made["template"]["metadata"]["annotations"]
    prefix = "reflector.v1.k8s.emberstack.com/reflection"
    assert notes[f"{prefix}-allowed-namespaces"] == "flux-system"
    assert notes[f"{prefix}-auto-enabled"] == "true"
    assert "reflector" in before("vault-oidc-auth")


def test_each_application_gets_its_own_client_of_the_store() -> None:
    for name, namespace, secret in (
        ("gitea", "gitea", "gitea-oauth-client-secret"),
        ("grafana", "monitoring", "grafana-oidc-config"),
        ("harbor", "harbor", "harbor-oauth-client-secret"),
        ("matrix", "matrix", "matrix-oauth-client-secret"),
        ("vault", "vault", "vault-oauth-client-secret"),
    ):
        data = applied()["ExternalSecret", namespace, secret]["spec"]["data"]
        assert {each["remoteRef"]["key"] for each in data} == {f"sso/{name}"}


def test_browsers_are_sent_to_the_public_host_of_the_provider() -> None:
    text = json.dumps([values("gitea", "gitea"), values("matrix", "matrix-synapse")])
    issuers = re.findall(r"https?://[^\"]*/application/o/[^\"]*", text)
    assert sorted(set(issuers)) == [
        f"https://auth.{DOMAIN}/application/o/gitea/.well-known/openid-configuration",
        f"https://auth.{DOMAIN}/application/o/matrix/",
    ]
    grafana = values("monitoring", "kube-prometheus-stack")["grafana"]["grafana.ini"]
    oauth = grafana["auth.generic_oauth"]
    assert oauth["auth_url"] == f"https://auth.{DOMAIN}/application/o/authorize/"
    assert oauth["token_url"].startswith("http://authentik-server.authentik.svc")


def test_the_groups_that_applications_name_are_created() -> None:
    (blueprint,) = [
        each["data"]["groups.yaml"]
        for (kind, namespace, _), each in applied().items()
        if (kind, namespace) == ("ConfigMap", "authentik") and "groups.yaml" in each["data"]
    ]
    ini = values("monitoring", "kube-prometheus-stack")["grafana"]["grafana.ini"]
    (named,) = re.findall(r"'([^']+)'\)", ini["auth.generic_oauth"]["role_attribute_path"])
    assert named == "grafana-admins"
    for group in (named, "harbor-admins"):
        assert f"name: {group}" in blueprint


@pytest.mark.parametrize("login", PROTECTED)
def test_an_application_without_a_login_is_behind_the_provider(login: str) -> None:
    namespace, service = PROTECTED[login]
    host = f"{login}.{DOMAIN}"
    ingress = applied()["Ingress", namespace, login]
    notes = {
        key.removeprefix("nginx.ingress.kubernetes.io/"): each
        for key, each in ingress["metadata"]["annotations"].items()
    }
    outpost = f"ak-outpost-{login}-outpost.authentik.svc.cluster.local"
    assert notes["auth-url"] == f"http://{outpost}:9000/outpost.goauthentik.io/auth/nginx"
    assert notes["auth-signin"] == (
        f"https://{host}/outpost.goauthentik.io/start?rd=$scheme://$http_host$escaped_request_uri"
    )
    assert notes["auth-snippet"] == "proxy_set_header X-Forwarded-Host $http_host;\n"
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == service
    alias = applied()["Service", namespace, "authentik-outpost-proxy"]["spec"]
    assert alias["externalName"] == outpost
    assert f"authentik-blueprint-{login}" in delivered().depends_on[namespace]


@pytest.mark.parametrize("login", PROTECTED)
def test_the_path_of_the_provider_needs_no_login(login: str) -> None:
    namespace, _ = PROTECTED[login]
    ingress = applied()["Ingress", namespace, f"{login}-login"]
    assert not [key for key in ingress["metadata"]["annotations"] if "auth" in key]
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["path"] == "/outpost.goauthentik.io"
    assert ingress["spec"]["tls"] == applied()["Ingress", namespace, login]["spec"]["tls"]


def test_one_ingress_or_certificate_issues_each_certificate() -> None:
    issued = [
        tls["secretName"]
        for (kind, *_), each in applied().items()
        if kind == "Ingress" and "cert-manager.io/cluster-issuer" in each["metadata"]["annotations"]
        for tls in each["spec"]["tls"]
    ]
    owned = [
        each["spec"]["secretName"]
        for (kind, *_), each in applied().items()
        if kind == "Certificate"
    ]
    assert len(issued + owned) == len(set(issued + owned))
    assert "harbor-tls" in owned


def test_every_public_host_of_the_platform_is_served() -> None:
    hosts = {
        rule["host"].removesuffix(DOMAIN).rstrip(".")
        for (kind, *_), each in applied().items()
        if kind == "Ingress"
        for rule in each["spec"]["rules"]
    }
    harbor = values("harbor", "harbor")["expose"]["ingress"]["hosts"]["core"]
    hosts.add(harbor.removesuffix(f".{DOMAIN}"))
    assert hosts == {
        "",
        "auth",
        "cache",
        "chat",
        "firecrawl",
        "git",
        "grafana",
        "kagent",
        "loki",
        "matrix",
        "registry",
        "test",
        "vault",
    }


# Values of charts that would be passwords in Git, and the Secrets that stand in their place.
PASSWORDS = {
    ("gitea", "gitea"): ["gitea-admin-password", "gitea-postgresql-passwords", "gitea-secret-key"],
    ("harbor", "harbor"): ["harbor-admin-initial", "harbor-internal", "harbor-secret-key"],
    ("matrix", "matrix-synapse"): [
        "matrix-synapse-postgresql-passwords",
        "matrix-synapse-redis-password",
    ],
    ("monitoring", "kube-prometheus-stack"): ["grafana-admin-password"],
    ("nix-cache", "attic-postgresql"): ["attic-postgresql-passwords"],
}


@pytest.mark.parametrize("release", PASSWORDS, ids="/".join)
def test_passwords_are_generated_secrets(release: tuple[str, str]) -> None:
    text = json.dumps(values(*release))
    for secret in PASSWORDS[release]:
        assert f'"{secret}"' in text
        assert ("ExternalSecret", release[0], secret) in applied()


def test_values_that_a_chart_takes_as_text_come_from_secrets() -> None:
    found = {
        name: [(each["name"], each["targetPath"]) for each in spec["valuesFrom"]]
        for (kind, _, name), made in applied().items()
        if kind == "HelmRelease" and "valuesFrom" in (spec := made["spec"])
    }
    assert found == {
        "harbor": [("harbor-database-password", "database.internal.password")],
        "matrix-synapse": [
            ("synapse-registration-secret", "config.registrationSharedSecret"),
            ("synapse-macaroon-secret", "config.macaroonSecretKey"),
        ],
    }


def test_no_environment_variable_has_a_password_in_plain_text() -> None:
    secret = re.compile(r"(PASSWORD|PASSWD|TOKEN|SECRET|API_KEY)")
    for (kind, *_), each in applied().items():
        if kind not in ("Deployment", "Job"):
            continue
        for container in each["spec"]["template"]["spec"]["containers"]:
            plain = [one["name"] for one in container.get("env", []) if "value" in one]
            assert [name for name in plain if secret.search(name)] == []


def test_one_pod_with_a_volume_is_replaced_not_doubled() -> None:
    for (kind, _, name), each in applied().items():
        if kind != "Deployment":
            continue
        spec = each["spec"]
        volumes = spec["template"]["spec"].get("volumes", [])
        if any("persistentVolumeClaim" in volume for volume in volumes):
            assert (name, spec["strategy"]["type"]) == (name, "Recreate")
            assert spec["replicas"] == 1


def test_pods_that_log_in_people_trust_the_provider() -> None:
    gitea = values("gitea", "gitea")
    assert gitea["extraContainerVolumeMounts"] == gitea["extraInitVolumeMounts"]
    assert {each["name"] for each in gitea["deployment"]["env"]} == {"SSL_CERT_FILE"}
    synapse = values("matrix", "matrix-synapse")["synapse"]
    assert {each["name"] for each in synapse["extraEnv"]} == {"SSL_CERT_FILE"}
    harbor = applied()["HelmRelease", "harbor", "harbor"]["spec"]["postRenderers"]
    assert "SSL_CERT_FILE" in json.dumps(harbor)
    vault = applied()["Vault", "vault", "instance"]["spec"]
    assert "SSL_CERT_FILE" in {each["name"] for each in vault["envsConfig"]}


RELEASES = {
    "gitea": ("gitea", "gitea"),
    "harbor": ("harbor", "harbor"),
    "loki": ("loki", "loki-stack"),
    "matrix": ("matrix", "matrix-synapse"),
    "monitoring-stack": ("monitoring", "kube-prometheus-stack"),
    "nix-cache": ("nix-cache", "attic-postgresql"),
}


@pytest.mark.parametrize("unit", RELEASES)
def test_a_kustomization_waits_at_least_as_long_as_its_release(unit: str) -> None:
    release = applied()["HelmRelease", *RELEASES[unit]]["spec"]["timeout"]
    waits = entry("Kustomization")[unit]["spec"]["timeout"]
    assert int(waits.removesuffix("m")) >= int(release.removesuffix("m"))


def test_the_agent_uses_the_key_of_its_namespace() -> None:
    model = applied()["ModelConfig", "agents", "devbot-anthropic"]["spec"]
    assert (model["apiKeySecret"], model["apiKeySecretKey"]) == (
        "devbot-credentials",
        "anthropic-key",
    )
    assert ("ExternalSecret", "agents", "devbot-credentials") in applied()
    assert "kagent" in before("devbot")
    tools = applied()["RemoteMCPServer", "agents", "devbot-computer-control"]["spec"]
    assert tools["url"] == "http://devbot-desktop.agents.svc.cluster.local:8080"
    ports = applied()["Service", "agents", "devbot-desktop"]["spec"]["ports"]
    assert sorted(each["port"] for each in ports) == [5900, 8080]


def test_images_of_the_platform_are_in_its_registry() -> None:
    pod = applied()["Deployment", "agents", "devbot-desktop"]["spec"]["template"]["spec"]
    names = {each["image"].partition(":")[0] for each in pod["containers"]}
    folder = f"registry.{DOMAIN}/agents"
    assert names == {f"{folder}/devbot-desktop", f"{folder}/computer-control-mcp"}


def test_the_token_of_gitea_is_created_once() -> None:
    job = applied()["Job", "gitea", "gitea-admin-token-generator"]
    assert job["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/ssa"] == "IfNotPresent"
    assert job["spec"]["backoffLimit"] == 5
    rules = applied()["Role", "gitea", "gitea-admin-token-generator"]["rules"]
    assert sorted((*rule["verbs"], *rule.get("resourceNames", ())) for rule in rules) == [
        ("create",),
        ("get", "gitea-admin-token"),
    ]


def test_firecrawl_is_six_programs() -> None:
    names = {
        name
        for kind, namespace, name in applied()
        if (kind, namespace) == ("Deployment", "firecrawl")
    }
    parts = ("api", "nuq-postgres", "nuq-worker", "playwright", "redis", "worker")
    assert names == {f"firecrawl-firecrawl-{part}" for part in parts}
    ports = {
        name.removeprefix("firecrawl-firecrawl-"): [port["port"] for port in each["spec"]["ports"]]
        for (kind, namespace, name), each in applied().items()
        if (kind, namespace) == ("Service", "firecrawl")
    }
    assert ports["api"] == [3002]
    assert (ports["redis"], ports["nuq-postgres"], ports["playwright"]) == ([6379], [5432], [3000])


def test_the_dashboard_of_harbor_has_every_panel() -> None:
    made = applied()["ConfigMap", "monitoring", "harbor-dashboard"]
    model = json.loads(made["data"]["iRBnfkZhQ.json"])
    panels = [each for each in model["panels"] if each["type"] != "row"]
    assert (model["title"], model["refresh"], model["time"]["from"]) == ("Harbor", "10s", "now-1h")
    assert len(panels) == 28
    assert [each["title"] for each in model["panels"] if each["type"] == "row"] == [
        "Info",
        "Core",
        "General",
        "Job service",
        "Registry",
    ]
    assert {each["datasource"]["uid"] for each in panels} == {"${datasource}"}
    assert len(HARBOR.panels) == 33


def test_parts_that_talos_hides_are_not_scraped() -> None:
    stack = values("monitoring", "kube-prometheus-stack")
    off = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
    assert [stack[part]["enabled"] for part in off] == [False] * 4


def test_the_administrator_of_gitea_has_a_name_that_is_not_reserved() -> None:
    secret = applied()["ExternalSecret", "gitea", "gitea-admin-password"]["spec"]
    assert secret["target"]["template"]["data"] == {"username": "gitea_admin"}


def test_the_path_by_which_other_servers_find_matrix_is_answered() -> None:
    (rule,) = [
        each
        for each in applied()["Ingress", "matrix", "matrix-synapse"]["spec"]["rules"]
        if each["host"] == DOMAIN
    ]
    assert "/.well-known/matrix" in {each["path"] for each in rule["http"]["paths"]}
    assert values("matrix", "matrix-synapse")["extraConfig"]["serve_server_wellknown"] is True
