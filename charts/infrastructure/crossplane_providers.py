"""Crossplane packages: AWS providers with their credentials, and composition functions."""

from charts.infrastructure.crossplane import FUNCTION_PORT, PACKAGES
from kubestrata import Cluster, Component, Duration, Image, Reconcile, Reference
from kubestrata.constructs import Endpoint, Flow, Pods
from kubestrata.constructs.cloud import (
    AwsAccount,
    AwsPodIdentityCredentials,
    CrossplaneFunction,
    CrossplaneProvider,
    PackageRuntime,
)
from kubestrata.constructs.platform_api import CompositionFunctions

_PACKAGES = "xpkg.crossplane.io/crossplane-contrib"
_VERSION = "v2.0.0"
_WEBHOOKS = 9443
_SERVICES = ("ec2", "eks", "iam", "kms", "s3")
_GROUP = "aws.m.upbound.io"
# The name that Crossplane gives the family as a dependency: under another one it would be installed
# twice, and block every package.
_FAMILY = "crossplane-contrib-provider-family-aws"
_AWS = {"app.kubernetes.io/name": "provider-aws"}
# OpenTofu gives this ServiceAccount its role, because no provider is running yet.
_SERVICE_ACCOUNT = "provider-aws"


class CrossplaneProviders(Component):
    """AWS providers and their family, Functions, runtime settings, a ClusterProviderConfig.

    Provide the config to the cluster for its managed resources; `functions` are those of the
    composition pipelines. The settings named `default` apply to packages without their own, so that
    packages installed as dependencies are hardened too.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, controller: Pods) -> None:
        super().__init__(
            scope,
            "crossplane-providers",
            layer="infrastructure",
            namespace=namespace,
            # The provider images are large.
            reconcile=Reconcile(timeout=Duration("15m")),
        )
        PackageRuntime(self, "default", labels=PACKAGES)
        aws = PackageRuntime(
            self,
            "provider-aws",
            labels={**PACKAGES, **_AWS},
            service_account=_SERVICE_ACCOUNT,
        )
        family = Image(f"{_PACKAGES}/provider-family-aws:{_VERSION}")
        CrossplaneProvider(self, _FAMILY, package=family, groups=[_GROUP])
        for service in _SERVICES:
            self._provider(f"provider-aws-{service}", [f"{service}.{_GROUP}"], aws)
        scope.offer(AwsPodIdentityCredentials(self, "default").provider_config)
        self.functions = CompositionFunctions(
            environment_configs=self._function("function-environment-configs", "v0.4.0"),
            kcl=self._function("function-kcl", "v0.12.0"),
            auto_ready=self._function("function-auto-ready", "v0.5.0"),
        )
        self._allow(scope, namespace.object_name, controller)

    def _provider(self, name: str, groups: list[str], runtime: PackageRuntime) -> None:
        package = Image(f"{_PACKAGES}/{name}:{_VERSION}")
        CrossplaneProvider(self, name, package=package, groups=groups, runtime=runtime.resource)

    def _function(self, name: str, version: str) -> Reference:
        package = Image(f"{_PACKAGES}/{name}:{version}")
        return CrossplaneFunction(self, name, package=package).resource.ref

    def _allow(self, scope: Cluster, namespace: str, controller: Pods) -> None:
        packages = Endpoint(Pods("crossplane-packages", namespace, PACKAGES), (), self)
        packages.allow(
            Flow.to_kubernetes_api(),
            Flow.from_kubernetes_api(_WEBHOOKS),
            Flow.from_pods(controller, FUNCTION_PORT),
            policy="crossplane-packages",
        )
        provider = Endpoint(Pods("provider-aws", namespace, _AWS), (), self)
        hosts = scope.ask(AwsAccount).hosts("sts", *_SERVICES)
        provider.allow(Flow.to_pod_identity(), Flow.to_hosts(*hosts), policy="provider-aws")
