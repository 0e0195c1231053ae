"""Values of Argo CD's chart."""

import json
from collections.abc import Mapping

from charts.resource_request import bounded
from kubestrata import ArgoCd, Host, JsonObject
from kubestrata.constructs.identity import OidcLogin

OIDC_SECRET = "argocd-oidc-client"  # noqa: S105  # the name of a Secret
# New nodes have this taint until the cloud controller knows them.
_EARLY: JsonObject = {
    "key": "node.cloudprovider.kubernetes.io/uninitialized",
    "operator": "Exists",
    "effect": "NoSchedule",
}


def values(host: Host, login: OidcLogin, roles: Mapping[str, str]) -> JsonObject:
    """Return the values; `roles` are group -> role of Argo CD."""
    return {
        "crds": {"install": True, "keep": False},
        "global": {"domain": host},
        "configs": {
            "cm": _settings(host, login),
            "params": {
                "controller.diff.server.side": True,
                "server.insecure": True,
                # The ApplicationSets of the cluster roll out in steps.
                ArgoCd.PROGRESSIVE_KEY: "true",
            },
            "secret": {"createSecret": False},
            "rbac": {
                "policy.csv": "".join(f"g, {group}, {roles[group]}\n" for group in roles),
                "policy.default": "",
                "scopes": "[groups]",
            },
        },
        **_PARTS,
    }


def _settings(host: Host, login: OidcLogin) -> JsonObject:
    client: JsonObject = {
        "name": "Dex",
        "issuer": login.issuer,
        "clientID": login.client_id,
        "clientSecret": f"${OIDC_SECRET}:clientSecret",
        "requestedScopes": login.application.all_scopes,
    }
    return {
        # Labels would replace those by which VictoriaMetrics selects its own.
        "application.resourceTrackingMethod": "annotation",
        "admin.enabled": False,
        "url": f"https://{host}",
        "kustomize.buildOptions": "--enable-helm",
        "accounts.kubechecks": "apiKey",
        "oidc.config": json.dumps(client, indent=2),
        # The chart also excludes Endpoints, which the scrapes of the control plane are made of.
        "resource.exclusions": json.dumps(_EXCLUDED, indent=2),
        ArgoCd.HEALTH_KEY: ArgoCd.HEALTH,
    }


# Objects that change all the time and are in no repository.
_EXCLUDED: list[JsonObject] = [
    {"apiGroups": ["discovery.k8s.io"], "kinds": ["EndpointSlice"]},
    {"apiGroups": ["coordination.k8s.io"], "kinds": ["Lease"]},
    {"apiGroups": ["authentication.k8s.io", "authorization.k8s.io"], "kinds": ["*"]},
    {"apiGroups": ["certificates.k8s.io"], "kinds": ["CertificateSigningRequest"]},
    {"apiGroups": ["cert-manager.io"], "kinds": ["CertificateRequest"]},
    {
        "apiGroups": ["cilium.io"],
        "kinds": ["CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"],
    },
]


_PARTS: JsonObject = {
    "controller": {
        "replicas": 1,
        "resources": bounded("50m", "256Mi", "300m", "800Mi"),
        "tolerations": [_EARLY],
    },
    "server": {
        "replicas": 1,
        "extensions": {"enabled": True},
        "resources": bounded("30m", "128Mi", "200m", "256Mi"),
        "tolerations": [_EARLY],
    },
    "repoServer": {
        "replicas": 1,
        "resources": bounded("50m", "128Mi", "200m", "256Mi"),
        "tolerations": [_EARLY],
    },
    "applicationSet": {
        "replicas": 1,
        "resources": bounded("30m", "64Mi", "100m", "256Mi"),
        "tolerations": [_EARLY],
    },
    "redis": {"resources": bounded("20m", "64Mi", "100m", "256Mi")},
    "redisSecretInit": {"resources": bounded("100m", "64Mi", "200m", "128Mi")},
    "redis-ha": {"enabled": False},
    "dex": {"enabled": False},
    "notifications": {"enabled": False},
}
