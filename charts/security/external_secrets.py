"""The controllers of External Secrets, and a store in AWS Secrets Manager."""

from charts import catalogue
from charts.resource_request import resources
from kubeapis import helm
from kubestrata import Cluster, JsonObject, Reconcile, Reference
from kubestrata.constructs import Flow, HelmChart, HelmComponent
from kubestrata.constructs.cloud import AwsAccount
from kubestrata.constructs.observability import Monitoring, Scrape
from kubestrata.constructs.secret import AwsSecretsManager, ClusterStore

_NAME = "external-secrets"
_POD = "app.kubernetes.io/name"
_CHART = catalogue.EXTERNAL_SECRETS.without_crds()


class ExternalSecretsRelease(HelmComponent):
    """The External Secrets controllers, by default without CRDs, which another component installs.

    `controller` are the pods that read secret stores, `webhook_port` the port of the webhook.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        layer: str,
        namespace: Reference,
        chart: HelmChart = _CHART,
        values: helm.external_secrets.Values | JsonObject,
        webhook_port: int = 10250,
        reconcile: Reconcile | None = None,
    ) -> None:
        super().__init__(
            scope,
            _NAME,
            layer=layer,
            namespace=namespace,
            chart=chart,
            values=values,
            flows=[Flow.to_kubernetes_api()],
            reconcile=reconcile,
        )
        self.controller = self.release.some_pods(f"{_NAME}-controller", {_POD: _NAME})
        webhook = self.release.some_pods(f"{_NAME}-webhook", {_POD: f"{_NAME}-webhook"})
        self.release.allow(Flow.from_kubernetes_api(webhook_port), pods=webhook)


class ExternalSecrets(ExternalSecretsRelease):
    """The controllers with two replicas, and the ClusterSecretStore `clustersecretstore`.

    `identity` is the cloud identity of its pods.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, identity: Reference) -> None:
        super().__init__(scope, layer="security", namespace=namespace, values=_VALUES)
        self.needs(identity)
        region = scope.ask(AwsAccount).region
        store = Flow.to_hosts(f"secretsmanager.{region}.amazonaws.com")
        self.release.allow(Flow.to_pod_identity(), store, pods=self.controller)
        if scope.find(Monitoring) is not None:
            Scrape(self, _NAME, pods=self.controller, port="metrics")
        provider = AwsSecretsManager(region)
        self.store = ClusterStore(self, "clustersecretstore", provider=provider).store


def _small(memory: str) -> JsonObject:
    return resources("10m", memory, memory)


_ONE_STAYS = helm.external_secrets.ValuesPodDisruptionBudget(enabled=True, min_available=1)
_VALUES = helm.external_secrets.Values(
    install_crds=False,
    replica_count=2,
    leader_elect=True,
    resources=_small("256Mi"),
    pod_disruption_budget=_ONE_STAYS,
    webhook=helm.external_secrets.ValuesWebhook(
        replica_count=2, resources=_small("128Mi"), pod_disruption_budget=_ONE_STAYS
    ),
    cert_controller=helm.external_secrets.ValuesCertController(resources=_small("256Mi")),
)
