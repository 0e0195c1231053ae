"""Harbor with a database, a cache and images on volumes of its own."""

from charts import catalogue
from charts.infrastructure.trusted_bundle import TrustedBundle
from charts.resource_request import bounded
from charts.tooling.harbor.pods import NAME, VULNERABILITIES, HarborPods
from charts.tooling.harbor.secret import (
    REGISTRY_USER,
    existing_secrets,
    internal_secrets,
    secret_key,
)
from charts.tooling.harbor.value import claim
from kubestrata import Cluster, Component, Duration, Host, JsonObject, Reconcile, Reference
from kubestrata.constructs import (
    Certificate,
    ExternalSecret,
    Flow,
    HelmRelease,
    Patch,
    RemoteKey,
    SecretReference,
    SecretSource,
    ValuesFrom,
)
from kubestrata.constructs.identity import (
    ClientSecret,
    LoginProvider,
    OidcApplication,
    SingleSignOn,
)
from kubestrata.constructs.secret import GeneratedPassword
from kubestrata.constructs.terraform import (
    Terraform,
    TerraformInputs,
    TerraformModule,
    TerraformRunner,
)
from kubestrata.constructs.traffic import IngressController

_TIMEOUT = Duration("10m")
_ADMIN = "HARBOR_ADMIN_PASSWORD"


class OwnHarborSecrets(Component):
    """The administrator's password from `admin` of the store, and secrets that are generated once.

    `before` writes the entry of the store. The first password is kept when the Secret is deleted.
    """

    def __init__(
        self, scope: Cluster, *, namespace: Reference, admin: RemoteKey, before: Reference
    ) -> None:
        super().__init__(scope, f"{NAME}-secrets", layer="tooling", namespace=namespace)
        self.needs(before)
        source = SecretSource.keys({_ADMIN: admin})
        self.administrator = ExternalSecret(self, f"{NAME}-admin-initial", source=source).secret
        self.secret_key = secret_key(self)
        self.database = GeneratedPassword(self, f"{NAME}-database-password").secret
        self.internal = internal_secrets(self)


class OwnHarbor(Component):
    """Harbor at `registry` in the domain, one pod of each service.

    `issuer` signs its certificate. `trusted` has the certificates of the login provider.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        secrets: OwnHarborSecrets,
        storage_class: Reference,
        controller: IngressController,
        issuer: Reference,
        trusted: TrustedBundle,
    ) -> None:
        super().__init__(
            scope,
            NAME,
            layer="tooling",
            namespace=secrets.home_namespace,
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        self.host = scope.host("registry")
        name = f"{NAME}-tls"
        certificate = Certificate(
            self, name, hosts=[self.host], issuer=issuer, secret_name=name
        ).secret
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.HARBOR.at("1.15.1"),
            values={
                **_exposed(self.host, controller, certificate),
                **_parts(secrets),
                **_persistence(storage_class),
            },
            values_from=[
                ValuesFrom.secret(
                    secrets.database.key("password"), path="database.internal.password"
                )
            ],
            creates=["monitoring.coreos.com"],
            patches=[_trusting(trusted)],
            timeout=_TIMEOUT,
        )
        pods = HarborPods(self, self.release)
        pods.allow_inside()
        self.release.allow(Flow.to_hosts(*VULNERABILITIES), pods=pods.part("trivy").pods)


class HarborSignOn(Component):
    """Single sign-on of Harbor, whose module configures Harbor through its API.

    `provider` waits for Harbor.
    """

    def __init__(self, scope: Cluster, *, harbor: OwnHarbor, provider: LoginProvider) -> None:
        home = harbor.home_namespace
        super().__init__(scope, f"{NAME}-sign-on", layer="tooling", namespace=home)
        application = OidcApplication(id=NAME, redirects=[f"https://{harbor.host}/c/oidc/callback"])
        secret = ClientSecret(name=f"{NAME}-oauth-client-secret")
        self.login = SingleSignOn(self, application, secret=secret, provider=provider).login


class HarborProxyCaches(Component):
    """A module that creates projects of Harbor, each a cache of a public registry.

    It reads the administrator's password from the Secret in Harbor's namespace.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        harbor: OwnHarbor,
        secrets: OwnHarborSecrets,
        runner: TerraformRunner,
    ) -> None:
        super().__init__(
            scope,
            "harbor-proxy-cache",
            layer="tooling",
            namespace=namespace,
            reconcile=Reconcile(timeout=Duration("10m")),
        )
        self.needs(harbor)
        self.needs(secrets.administrator.ref)
        self.applied = Terraform(
            self,
            "harbor-proxy-cache",
            module=TerraformModule(path="./terraform/03-configuration/harbor-proxy-cache"),
            inputs=TerraformInputs(values={"harbor_url": f"https://{harbor.host}"}),
            runner=runner,
        )


def _exposed(host: Host, controller: IngressController, certificate: SecretReference) -> JsonObject:
    # The Certificate owns the Secret, so that the Ingress has no annotation for cert-manager.
    annotations: JsonObject = {
        "nginx.ingress.kubernetes.io/proxy-body-size": "0",
        "nginx.ingress.kubernetes.io/ssl-redirect": "true",
    }
    return {
        "externalURL": f"https://{host}",
        "expose": {
            "type": "ingress",
            "tls": {
                "enabled": True,
                "certSource": "secret",
                "secret": {"secretName": certificate.name},
            },
            "ingress": {
                "hosts": {"core": host},
                "className": controller.class_name,
                "annotations": annotations,
            },
        },
    }


_SMALL = bounded("100m", "256Mi", "200m", "512Mi")


def _parts(secrets: OwnHarborSecrets) -> JsonObject:
    internal = secrets.internal.name
    return {
        **existing_secrets(secrets.administrator.key(_ADMIN), secrets.secret_key),
        "updateStrategy": {"type": "Recreate"},
        "core": {
            "replicas": 1,
            "existingSecret": internal,
            "existingXsrfSecret": internal,
            "resources": bounded("100m", "256Mi", "500m", "512Mi"),
        },
        "database": {"internal": {"resources": _SMALL}},
        "exporter": {"replicas": 1, "resources": bounded("50m", "128Mi", "200m", "256Mi")},
        "jobservice": {"replicas": 1, "existingSecret": internal, "resources": _SMALL},
        "metrics": {
            "enabled": True,
            "serviceMonitor": {
                "enabled": True,
                "interval": "30s",
                "additionalLabels": {"prometheus": "kube-prometheus-stack"},
            },
        },
        "portal": {"replicas": 1, "resources": _SMALL},
        "redis": {"internal": {"resources": _SMALL}},
        "registry": {
            "replicas": 1,
            "existingSecret": internal,
            "credentials": {"username": REGISTRY_USER, "existingSecret": internal},
            "registry": {"resources": _SMALL},
            "controller": {"resources": _SMALL},
        },
        "trivy": {"enabled": True, "resources": bounded("200m", "512Mi", "1000m", "1Gi")},
    }


def _persistence(storage_class: Reference) -> JsonObject:
    return {
        "persistence": {
            "enabled": True,
            "resourcePolicy": "keep",
            "persistentVolumeClaim": {
                "registry": claim("5Gi", storage_class),
                "jobservice": {"jobLog": claim("1Gi", storage_class)},
                "database": claim("1Gi", storage_class),
                "redis": claim("1Gi", storage_class),
                "trivy": claim("5Gi", storage_class),
            },
        }
    }


def _trusting(trusted: TrustedBundle) -> Patch:
    """Return a patch for the service that talks to the login provider: the chart has no value."""
    core: JsonObject = {
        "name": "core",
        "env": [trusted.variable],
        "volumeMounts": [trusted.mount],
    }
    pod: JsonObject = {"containers": [core], "volumes": [trusted.volume]}
    return Patch.merge(
        "apps/v1", "Deployment", {"spec": {"template": {"spec": pod}}}, f"{NAME}-core"
    )
