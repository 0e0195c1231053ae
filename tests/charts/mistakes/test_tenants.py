"""Mistakes of the tenants of the original of infra and apps, each found by its rule.

Charts of others are not at hand: small ones have the templates and values that matter.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import check_tree
from tests.charts.mistakes.mistake import TODAY, findings
from tests.gitops.chart_repository import chart, charts_tree, release

KEYCLOAK = """apiVersion: k8s.keycloak.org/v2alpha1
kind: Keycloak
metadata: {name: keycloak, namespace: keycloak-system}
spec:
  instances: 2
  hostname: {hostname: sso.monosense.io}
"""
REALM = """apiVersion: k8s.keycloak.org/v2alpha1
kind: KeycloakRealmImport
metadata: {name: platform-realm, namespace: keycloak-system}
spec:
  keycloakCRName: keycloak
  realm:
    realm: platform
    clients:
    - {clientId: harbor, redirectUris: ["https://harbor.monosense.io/c/oidc/callback"]}
    - {clientId: grafana, redirectUris: ["https://grafana.monosense.io/login/generic_oauth"]}
"""
ROUTES = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: harbor-web, namespace: harbor}
spec: {hostnames: [harbor.infra.monosense.io]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: keycloak, namespace: keycloak-system}
spec: {hostnames: [sso.monosense.io]}
"""
CLUSTER = """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: shared-postgres, namespace: cnpg-system}
spec:
  bootstrap: {initdb: {database: postgres, owner: postgres}}
  managed: {roles: [{name: gitlab}, {name: harbor}, {name: keycloak}]}
---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: gitlab-pooler, namespace: cnpg-system}
spec: {cluster: {name: shared-postgres}}
"""
RUNNER_SET = """apiVersion: actions.github.com/v1alpha1
kind: AutoscalingRunnerSet
metadata: {name: {{ .Release.Name }}}
spec:
  githubConfigUrl: https://github.com/monosense/pilar
  template:
    spec:
      {{- with .Values.template.spec }}
      securityContext: {{ toJson .securityContext }}
      initContainers: {{ toJson .initContainers }}
      containers:
      {{- range .containers }}
      - {{ toJson . }}
      {{- end }}
      {{- end }}
      {{- if eq .Values.containerMode.type "dind" }}
      - {name: dind, image: "docker:dind"}
      {{- end }}
"""


def found(messages: list[str], rule: str) -> list[str]:
    """Return the messages of one rule, without its id."""
    return [each.removeprefix(f"{rule} ") for each in messages if each.startswith(f"{rule} ")]


def with_chart(top: Path, *objects: str, rule: str) -> list[str]:
    """Return what a rule says of releases of charts that were written before."""
    report = check_tree(charts_tree(top, *objects), all_rules(), [], TODAY)
    return [
        f"{each.finding.object.name} {each.finding.path}: {each.finding.message}"
        for each in report.violations
        if each.rule == rule
    ]


def test_gitlab_logs_in_to_the_realm_master(tmp_path: Path) -> None:
    provider = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: gitlab-oidc-credentials, namespace: gitlab-system}
spec:
  target:
    template:
      data:
        oidc-provider: |
          args: {issuer: "https://${KEYCLOAK_HOST}/realms/${KEYCLOAK_REALM}", discovery: true}
"""
    settings = {
        "clusters__home__settings": """apiVersion: v1
kind: ConfigMap
metadata: {name: cluster-settings, namespace: flux-system}
data: {KEYCLOAK_HOST: sso.monosense.io, KEYCLOAK_REALM: master}
""",
        "clusters__home__units": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: all, namespace: flux-system}
spec:
  interval: 10m
  path: ./all
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: cluster-settings}]}
""",
    }
    assert found(findings(tmp_path, provider, **settings), "P97") == [
        (
            "ExternalSecret.external-secrets.io gitlab-system/gitlab-oidc-credentials "
            "spec.target.template.data.oidc-provider: "
            "names the realm master, whose administrators can change every other realm"
        )
    ]


def test_callbacks_lead_to_hosts_without_a_route(tmp_path: Path) -> None:
    told = found(findings(tmp_path, KEYCLOAK, REALM, ROUTES), "R28")
    name = "KeycloakRealmImport.k8s.keycloak.org keycloak-system/platform-realm spec.realm.clients"
    assert told == [
        (
            f"{name}[0].redirectUris[0]: no route serves harbor.monosense.io; "
            "HTTPRoute.gateway.networking.k8s.io harbor/harbor-web serves harbor.infra.monosense.io"
        ),
        (
            f"{name}[1].redirectUris[0]: no route serves grafana.monosense.io, "
            "and other routes serve hosts of monosense.io"
        ),
    ]


def test_clients_have_no_secret(tmp_path: Path) -> None:
    told = found(findings(tmp_path, KEYCLOAK, REALM), "R29")
    assert [each.partition("spec.")[2] for each in told] == [
        f"realm.clients[{index}].secret: is not set: "
        "Keycloak generates one, which no application knows"
        for index in range(2)
    ]


def test_probes_of_keycloak_are_those_of_pods(tmp_path: Path) -> None:
    probe = "  livenessProbe: {httpGet: {path: /health/live, port: 9000}, periodSeconds: 30}\n"
    (told,) = found(findings(tmp_path, KEYCLOAK + probe), "V01")[:1]
    assert told == (
        "Keycloak.k8s.keycloak.org keycloak-system/keycloak spec.livenessProbe.httpGet: "
        "unknown field; there are failureThreshold, periodSeconds"
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            "  features: {enabled: [declarative-user-profile]}\n",
            (
                "spec.features.enabled[0]: feature declarative-user-profile is always on: "
                "Keycloak does not start with it"
            ),
        ),
        (
            "  additionalOptions: [{name: admin, value: admin}]\n",
            "spec.additionalOptions[0].name: Keycloak 26 has no option admin",
        ),
        (
            "  additionalOptions: [{name: hostname-strict-backchannel, value: 'true'}]\n",
            "spec.additionalOptions[0].name: Keycloak 26 has no option hostname-strict-backchannel",
        ),
    ],
)
def test_settings_are_those_of_a_former_keycloak(setting: str, said: str, tmp_path: Path) -> None:
    name = "Keycloak.k8s.keycloak.org keycloak-system/keycloak"
    assert found(findings(tmp_path, KEYCLOAK + setting), "V17") == [f"{name} {said}"]


def test_the_crds_of_keycloak_are_not_installed(tmp_path: Path) -> None:
    assert found(findings(tmp_path, KEYCLOAK), "G05") == [
        (
            "Keycloak.k8s.keycloak.org keycloak-system/keycloak apiVersion: "
            "nothing installs the CRDs of k8s.keycloak.org"
        )
    ]


def test_a_component_is_in_no_list(tmp_path: Path) -> None:
    more = {
        "all__kustomization": "kind: Kustomization\nresources: [objects.yaml]\n",
        "all__keycloak": KEYCLOAK,
    }
    told = found(findings(tmp_path, REALM, **more), "G07")
    assert told == ["File all/keycloak.yaml no Kustomization applies it"]


def test_a_list_of_peers_is_one_of_alternatives(tmp_path: Path) -> None:
    namespaces = "".join(
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n---\n"
        for name in ("gitlab-system", "kube-system")
    )
    policy = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: gitlab-ingress, namespace: gitlab-system}
spec:
  podSelector: {matchLabels: {app: webservice}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    - podSelector: {matchLabels: {app.kubernetes.io/name: cilium-gateway}}
    ports: [{port: 8181}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: webservice, namespace: gitlab-system}
spec:
  selector: {matchLabels: {app: webservice}}
  template:
    metadata: {labels: {app: webservice}}
    spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 8181}]}]}
"""
    assert found(findings(tmp_path, namespaces + policy), "R12") == [
        (
            "NetworkPolicy.networking.k8s.io gitlab-system/gitlab-ingress "
            "spec.ingress[0].from[1].podSelector: selects no pod of namespace gitlab-system"
        )
    ]


def test_gitlab_logs_in_as_a_user_that_the_database_does_not_have(tmp_path: Path) -> None:
    gitlab = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: gitlab, namespace: gitlab-system}
spec:
  values:
    global:
      psql: {host: gitlab-pooler.cnpg-system.svc.cluster.local, username: gitlab_app}
"""
    (told,) = found(findings(tmp_path, CLUSTER, gitlab), "R30")
    assert "spec.values.global.psql.username: gitlab_app is not a role of " in told


def test_the_registry_and_the_backups_of_gitlab_read_settings_of_rails(tmp_path: Path) -> None:
    fog = "{secret: gitlab-s3-credentials, key: connection}"
    gitlab = f"""apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: gitlab, namespace: gitlab-system}}
spec: {{interval: 1h, url: "https://charts.gitlab.io"}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: gitlab, namespace: gitlab-system}}
spec:
  chart:
    spec: {{chart: gitlab, version: 9.5.1, sourceRef: {{kind: HelmRepository, name: gitlab}}}}
  values:
    global: {{appConfig: {{object_store: {{connection: {fog}}}}}}}
    registry: {{storage: {fog}}}
    gitlab: {{toolbox: {{backups: {{objectStorage: {{config: {fog}}}}}}}}}
"""
    told = found(findings(tmp_path, gitlab), "R31")
    paths = [each.split()[2].rstrip(":") for each in told]
    assert paths == [
        "spec.values.gitlab.toolbox.backups.objectStorage.config",
        "spec.values.registry.storage",
    ]


def test_the_token_of_the_runner_is_a_map_where_the_chart_reads_text(tmp_path: Path) -> None:
    secret = """{{- if .Values.runnerRegistrationToken }}
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
data: {runner-registration-token: {{ .Values.runnerRegistrationToken | b64enc | quote }}}
{{- end }}
"""
    chart(tmp_path, {"templates/secret.yaml": secret, "values.yaml": "runners: {}\n"})
    token = (
        "  values: {runnerRegistrationToken: {secret: gitlab-runner-registration, key: token}}\n"
    )
    (told,) = with_chart(tmp_path, release(token), rule="V11")
    assert told.startswith("web ")
    assert "b64enc" in told


def test_harbor_gets_values_that_its_chart_has_no_more(tmp_path: Path) -> None:
    files = {
        "values.yaml": "core: {replicas: 1}\nregistry: {}\n",
        "templates/core.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: core}\n"
        "data: {replicas: {{ .Values.core.replicas | quote }}}\n",
    }
    chart(tmp_path, files)
    values = """  values:
    core: {replicas: 2}
    chartmuseum: {enabled: false}
    notary: {enabled: false}
    middleware: {enabled: false}
"""
    told = with_chart(tmp_path, release(values), rule="V08")
    assert [each.split(":")[0] for each in told] == [
        "web spec.values.chartmuseum",
        "web spec.values.middleware",
        "web spec.values.notary",
    ]


def test_a_container_of_the_runner_starts_as_root_where_none_may(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/set.yaml": RUNNER_SET, "values.yaml": "containerMode: {type: ''}"})
    values = """  values:
    template:
      spec:
        securityContext: {runAsNonRoot: true, runAsUser: 1000}
        initContainers: [{name: init, image: "busybox:1.36", securityContext: {runAsUser: 0}}]
        containers: [{name: runner, image: "runner:2"}, {name: dind, image: "docker:28"}]
"""
    assert with_chart(tmp_path, release(values), rule="P98") == [
        (
            "web spec.template.spec.initContainers[0].securityContext.runAsUser: "
            "runAsUser is 0, and runAsNonRoot is true"
        )
    ]


def test_the_mode_of_the_runner_adds_a_second_daemon(tmp_path: Path) -> None:
    chart(tmp_path, {"templates/set.yaml": RUNNER_SET, "values.yaml": "containerMode: {type: ''}"})
    values = """  values:
    containerMode: {type: dind}
    template:
      spec:
        securityContext: {runAsNonRoot: true}
        initContainers: []
        containers: [{name: runner, image: "runner:2"}, {name: dind, image: "docker:28"}]
"""
    assert with_chart(tmp_path, release(values), rule="V05") == [
        "web spec.template.spec.containers[2]: a second item with name 'dind'"
    ]


def test_a_health_check_names_a_deployment_that_the_chart_does_not_make(tmp_path: Path) -> None:
    deployment = """apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-gha-rs-controller}
spec:
  selector: {matchLabels: {app: arc}}
  template:
    metadata: {labels: {app: arc}}
    spec: {containers: [{name: manager, image: "arc:0.13.0"}]}
"""
    chart(tmp_path, {"templates/deployment.yaml": deployment})
    check = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: checked, namespace: flux-system}
spec:
  interval: 10m
  path: ./clusters/home/checked
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  healthChecks:
  - {apiVersion: apps/v1, kind: Deployment, name: actions-runner-controller, namespace: shop}
"""
    told = with_chart(tmp_path, release(), check, rule="G06")
    assert [each for each in told if "actions-runner-controller" in each]
