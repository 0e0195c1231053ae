"""Secrets, certificates and policies of the cluster goingdark."""

from __future__ import annotations

from typing import Any

from tests.charts.goingdark_tree import objects

# Secret -> key of the Secret -> key in Bitwarden, one whole value.
KEYS = {
    "argocd/argocd-oidc-client": {"clientSecret": "static-client-argocd-secret"},
    "cert-manager/cloudflare-api-token": {
        "cloudflare-api-token": "infra-cloudflare-api-token",
        "email": "infra-cloudflare-admin-email",
    },
    "cloudflared/tunnel-credentials": {
        "credentials.json": "infra-cloudflared-tunnel-credentials-json"
    },
    "dex/dex-secrets": {
        "MASTODON_CLIENT_ID": "dex-mastodon-client-id",
        "MASTODON_CLIENT_SECRET": "dex-mastodon-client-secret",
    },
    "dex/static-client-secrets": {
        "STATIC_CLIENT_ARGOCD_SECRET": "static-client-argocd-secret",
        "STATIC_CLIENT_GRAFANA_SECRET": "static-client-grafana-secret",
    },
    "hypebot/hypebot-auth": {
        "access_token": "app-hypebot-access-token",
        "server": "app-hypebot-server",
    },
    "mastodon/mastodon-app-pgbouncer-secrets": {
        "adminPasswordKey": "app-mastodon-pgbouncer-admin-password"
    },
    "mastodon/mastodon-app-secrets": {
        "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY": "app-mastodon-ar-deterministic",
        "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT": "app-mastodon-ar-salt",
        "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY": "app-mastodon-ar-primary",
        "AWS_ACCESS_KEY_ID": "app-mastodon-s3-access-key",
        "AWS_SECRET_ACCESS_KEY": "app-mastodon-s3-secret-key",
        "HCAPTCHA_SECRET_KEY": "app-mastodon-hcaptcha-secret-key",
        "HCAPTCHA_SITE_KEY": "app-mastodon-hcaptcha-site-key",
        "LOCAL_DOMAIN": "app-mastodon-domain",
        "OTP_SECRET": "app-mastodon-otp-secret",
        "S3_ENDPOINT": "app-mastodon-s3-endpoint-url",
        "SECRET_KEY_BASE": "app-mastodon-secret-key-base",
        "SMTP_FROM_ADDRESS": "app-mastodon-smtp-from-address",
        "SMTP_LOGIN": "app-mastodon-smtp-login",
        "SMTP_PASSWORD": "app-mastodon-smtp-password",
        "SMTP_PORT": "app-mastodon-smtp-port",
        "SMTP_SERVER": "app-mastodon-smtp-server",
        "VAPID_PRIVATE_KEY": "app-mastodon-vapid-private",
        "VAPID_PUBLIC_KEY": "app-mastodon-vapid-public",
    },
    "mastodon/mastodon-onion-keys": {
        "hostname": "app-mastodon-onion-hostname",
        "hs_ed25519_public_key": "app-mastodon-onion-public_key",
        "hs_ed25519_secret_key": "app-mastodon-onion-secret_key",
    },
    "mastodon/mastodon-walg-s3": {
        "AWS_ACCESS_KEY_ID": "app-mastovault-s3-access-key",
        "AWS_ENDPOINT": "app-mastovault-s3-endpoint-url",
        "AWS_SECRET_ACCESS_KEY": "app-mastovault-s3-secret-key",
        "WAL_S3_BUCKET": "app-mastovault-backup-bucket",
    },
    "mastodon/s3-endpoint-config": {"ENDPOINT_URL": "app-mastovault-s3-endpoint-url"},
    "victoriametrics/grafana-oidc-credentials": {
        "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET": "static-client-grafana-secret"
    },
    "victoriametrics/hcloud-exporter": {"token": "hcloud-exporter-token"},
}
# The only Secret from the cluster itself, and the only one that is generated.
INNER = {"mastodon/mastodon-db-url"}
GENERATED = {"victoriametrics/grafana-admin"}

# Certificate -> its issuer and its Secret.
CERTIFICATES = {
    "argocd/argocd-application-controller-tls": ("internal-issuer", None),
    "argocd/argocd-repo-server-tls": ("internal-issuer", None),
    "argocd/argocd-server-tls": ("internal-issuer", None),
    "cert-manager/bitwarden-bootstrap-certificate": ("bitwarden-bootstrap-issuer", None),
    "cert-manager/internal-ca-certificate": ("internal-ca-issuer", "internal-ca-tls"),
    "dex/dex-tls": ("internal-issuer", None),
    "external-secrets/bitwarden-tls-certs": ("internal-issuer", None),
    "gateway/cert-goingdark": ("cloudflare-issuer", None),
    "mastodon/mastodon-elastic-ca": ("internal-issuer", None),
    "mastodon/mastodon-elastic-server": ("internal-issuer", None),
    "victoriametrics/prometheus-adapter-certs": ("internal-issuer", None),
}


def keys_of(secret: dict[str, Any]) -> dict[str, str]:
    data = secret["spec"].get("data", ())
    assert all("property" not in each["remoteRef"] for each in data)
    return {each["secretKey"]: each["remoteRef"]["key"] for each in data}


def test_every_secret_has_its_keys() -> None:
    found = objects("ExternalSecret")
    bitwarden = {name: each for name, each in found.items() if name not in {*INNER, *GENERATED}}
    assert {name: keys_of(each) for name, each in bitwarden.items()} == KEYS
    for secret in bitwarden.values():
        spec = secret["spec"]
        assert spec["secretStoreRef"] == {
            "kind": "ClusterSecretStore",
            "name": "bitwarden-backend",
        }
        assert spec["refreshInterval"] == "1h"
        assert spec["target"]["creationPolicy"] == "Owner"


def test_templates_add_what_no_store_has() -> None:
    found = objects("ExternalSecret")
    login = found["victoriametrics/grafana-oidc-credentials"]["spec"]["target"]["template"]
    assert login["data"] == {"GF_AUTH_GENERIC_OAUTH_CLIENT_ID": "grafana"}
    assert login["mergePolicy"] == "Merge"
    argo = found["argocd/argocd-oidc-client"]["spec"]["target"]["template"]
    assert argo["metadata"]["labels"] == {"app.kubernetes.io/part-of": "argocd"}


def test_the_login_of_the_database_is_read_inside_of_the_namespace() -> None:
    secret = objects("ExternalSecret")["mastodon/mastodon-db-url"]["spec"]
    assert secret["secretStoreRef"] == {"kind": "SecretStore", "name": "cnpg-k8s-store"}
    assert [each["remoteRef"] for each in secret["data"]] == [
        {"key": "database-cnpg-app", "property": "username"},
        {"key": "database-cnpg-app", "property": "password"},
    ]
    store = objects("SecretStore")["mastodon/cnpg-k8s-store"]["spec"]["provider"]["kubernetes"]
    assert store["remoteNamespace"] == "mastodon"
    assert store["server"]["caProvider"] == {
        "type": "ConfigMap",
        "name": "kube-root-ca.crt",
        "key": "ca.crt",
    }
    assert store["auth"] == {"serviceAccount": {"name": "mastodon-eso-reader"}}


def test_bitwarden_is_reached_through_the_sdk_server() -> None:
    (store,) = objects("ClusterSecretStore").values()
    provider = store["spec"]["provider"]["bitwardensecretsmanager"]
    server = "https://bitwarden-sdk-server.external-secrets.svc.cluster.local:9998"
    assert provider["bitwardenServerSDKURL"] == server
    assert provider["caProvider"]["name"] == "bitwarden-tls-certs"
    assert provider["auth"]["secretRef"]["credentials"] == {
        "key": "token",
        "name": "bitwarden-access-token",
        "namespace": "external-secrets",
    }


def test_every_certificate_has_its_issuer_and_its_secret() -> None:
    found = objects("Certificate")
    assert {name: each["spec"]["issuerRef"]["name"] for name, each in found.items()} == {
        name: issuer for name, (issuer, _) in CERTIFICATES.items()
    }
    for name, each in found.items():
        expected = CERTIFICATES[name][1] or name.partition("/")[2]
        assert each["spec"]["secretName"] == expected
        assert each["spec"]["issuerRef"]["kind"] == "ClusterIssuer"


def test_certificates_do_not_outlive_their_issuer() -> None:
    authority = objects("Certificate")["cert-manager/internal-ca-certificate"]["spec"]
    assert (authority["duration"], authority["renewBefore"]) == ("8760h", "720h")
    for each in objects("Certificate").values():
        spec = each["spec"]
        if spec["issuerRef"]["name"] == "internal-issuer" and "duration" in spec:
            assert int(spec["duration"].rstrip("h")) <= 8760


def test_issuers_are_cluster_wide() -> None:
    assert set(objects("ClusterIssuer")) == {
        "bitwarden-bootstrap-issuer",
        "bitwarden-certificate-issuer",
        "cloudflare-issuer",
        "internal-ca-issuer",
        "internal-issuer",
    }
    solver = objects("ClusterIssuer")["cloudflare-issuer"]["spec"]["acme"]["solvers"]
    assert solver == [
        {
            "dns01": {
                "cloudflare": {
                    "apiTokenSecretRef": {
                        "name": "cloudflare-api-token",
                        "key": "cloudflare-api-token",
                    }
                }
            }
        }
    ]


def ports_of(rules: list[dict[str, Any]]) -> set[str]:
    return {
        port["port"] for rule in rules for to in rule.get("toPorts", ()) for port in to["ports"]
    }


def test_redis_of_argo_cd_admits_its_clients_only() -> None:
    spec = objects("CiliumNetworkPolicy")["argocd/argocd-redis-network-policy"]["spec"]
    name = "app.kubernetes.io/name"
    assert spec["endpointSelector"]["matchLabels"] == {name: "argocd-redis"}
    clients = {each["fromEndpoints"][0]["matchLabels"][name] for each in spec["ingress"]}
    assert clients == {
        "argocd-application-controller",
        "argocd-redis",
        "argocd-repo-server",
        "argocd-server",
    }
    assert ports_of(spec["ingress"]) == {"6379"}
    assert ports_of(spec["egress"]) == {"53", "443", "6443"}


def test_cert_manager_is_limited_to_what_it_needs() -> None:
    policies = objects("CiliumNetworkPolicy")
    narrow = policies["cert-manager/allow-cert-manager"]["spec"]
    assert ports_of(narrow["ingress"]) == {"9402", "10250"}
    scraped = [each for each in narrow["ingress"] if ports_of([each]) == {"9402"}]
    (source,) = scraped[0]["fromEndpoints"]
    assert source["matchLabels"]["k8s:io.kubernetes.pod.namespace"] == "victoriametrics"
    assert ports_of(narrow["egress"]) == {"53", "443", "6443"}
    whole = policies["cert-manager/cert-manager"]["spec"]
    assert {"fromEntities": ["cluster"]} in whole["ingress"]
    assert {"toEntities": ["cluster"]} in whole["egress"]


def test_network_policies_admit_what_is_stated() -> None:
    found = {
        name: [port["port"] for rule in each["spec"].get("ingress", ()) for port in rule["ports"]]
        for name, each in objects("NetworkPolicy").items()
    }
    assert found == {
        "cryptpad/cryptpad": [3000],
        "mastodon/mastodon-onion": [],
        "mastodon/mastodon-redis": [6379],
    }
    for each in objects("NetworkPolicy").values():
        assert each["spec"]["policyTypes"] == ["Egress", "Ingress"]
        assert each["spec"]["egress"] == [{}]
