"""Argo CD itself: its controllers, its login, its certificates and its limits."""

from collections.abc import Mapping

from charts import catalogue
from charts.infrastructure.argo_cd_value import OIDC_SECRET, values
from charts.infrastructure.internal_issuers import (
    Names,
    Subject,
    Validity,
    internal_certificate,
)
from kubestrata import Cluster, Component, Host, Reference, waive
from kubestrata.constructs import (
    Flow,
    GatewayReference,
    HelmRelease,
    Route,
    SecretTemplate,
)
from kubestrata.constructs.access import Permission, Role, RoleBinding, RoleSubject
from kubestrata.constructs.identity import ClientSecret, OidcApplication, SingleSignOn
from kubestrata.constructs.scaling import ContainerBounds, VerticalRecommendation
from kubestrata.constructs.traffic import PathMatch, RouteMatch, RouteRule

PART_OF = {"app.kubernetes.io/part-of": "argocd"}
"""The label by which Argo CD finds Secrets that its settings name."""

_BOUNDS = {
    ("StatefulSet", "application-controller"): (("50m", "256Mi"), ("500m", "1Gi")),
    ("Deployment", "repo-server"): (("50m", "128Mi"), ("300m", "512Mi")),
    ("Deployment", "server"): (("30m", "128Mi"), ("200m", "256Mi")),
    ("Deployment", "applicationset-controller"): (("30m", "64Mi"), ("200m", "256Mi")),
}


def argo_cd(host: Host) -> OidcApplication:
    """Return Argo CD as an application that logs people in; the second address is its CLI."""
    return OidcApplication(
        id="argocd",
        name="ArgoCD",
        redirects=[f"https://{host}/auth/callback", "http://localhost:8085/auth/callback"],
        scopes=["profile", "groups"],
    )


class ArgoCdControllers(Component):
    """Argo CD at `argocd`, with single sign-on and a webhook that needs no login.

    The Secret `argocd-secret` exists before GitOps starts: the server exits without it.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        gateway: GatewayReference,
        issuer: Reference,
        application: OidcApplication,
        roles: Mapping[str, str],
    ) -> None:
        super().__init__(scope, "argocd", layer="infrastructure", namespace=namespace)
        host = scope.host("argocd")
        secret = ClientSecret(
            name=OIDC_SECRET,
            # The id is in the settings.
            id_key=None,
            secret_key="clientSecret",  # noqa: S106  # a key
            template=SecretTemplate(type="Opaque", labels=PART_OF),
        )
        login = SingleSignOn(self, application, secret=secret).login
        self.release = HelmRelease(
            self, "argocd", chart=catalogue.ARGO_CD, values=values(host, login, roles)
        )
        self.release.allow(Flow.to_kubernetes_api(), Flow.to_hosts("github.com"))
        for (kind, part), (least, most) in _BOUNDS.items():
            workload = self.release.makes("apps", kind, f"argocd-{part}")
            bounds = ContainerBounds.of(part, least, most)
            VerticalRecommendation(self, f"argocd-{part}-vpa", target=workload, containers=[bounds])
        for part in ("server", "repo-server", "application-controller"):
            self._certify(part, issuer)
        server = self.release.service("argocd-server", 80)
        Route(self, "argocd", host=host, gateway=gateway, to=server)
        hooks = RouteRule(matches=[RouteMatch(PathMatch.prefix("/api/webhook"))])
        webhook = Route(
            self, "argocd-webhook", host=host, gateway=gateway, to=server, rules=[hooks]
        )
        waive(
            "P74",
            webhook.resource,
            reason="senders of webhooks cannot log in, so theirs is a route of its own",
            owner="platform",
            expires="2027-05-31",
        )

    def _certify(self, part: str, issuer: Reference) -> None:
        """Create the certificate that Argo CD reads under a fixed name."""
        name = f"argocd-{part}"
        home = self.home_namespace.object_name
        names = Names([name, f"{name}.{home}", *Names.of(home, name, bare=False).hosts])
        internal_certificate(
            self,
            f"{name}-tls",
            issuer=issuer,
            names=names,
            subject=Subject(name, "homelab-internal"),
            validity=Validity("2160h", "360h"),
            usages=["server auth", "client auth"],
        )

    def let_read_settings(self, *, account: str, namespace: str) -> None:
        """Let a ServiceAccount read the ConfigMaps of Argo CD; it may come later."""
        name = f"{account}-configmap-reader"
        readable = Permission.read("configmaps", group="")
        role = Role(self, name, permissions=[readable])
        reader = Reference(self, "", "ServiceAccount", account, namespace)
        binding = RoleBinding(
            self,
            f"{name}-binding",
            role=role.ref,
            subjects=[RoleSubject.account(reader)],
        ).resource
        waive(
            "R10",
            binding,
            reason=f"{account} is installed later, and its permissions are agreed on already",
            owner="platform",
            expires="2027-05-31",
        )
