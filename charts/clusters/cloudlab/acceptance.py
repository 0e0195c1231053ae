"""Tests of cloudlab: of the running cluster, and of its policies."""

from charts.apps.whoami import Whoami
from charts.clusters.cloudlab.infrastructure import Foundation
from charts.clusters.cloudlab.policies import Policies
from charts.clusters.cloudlab.sign_on import SignOn
from charts.observability.kube_prometheus_stack.with_pages import PrometheusStackWithPages
from charts.security.inject_forward_auth import protected
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import PatchStep
from kubestrata.constructs.acceptance import (
    AcceptanceTests,
    ChainsawStep,
    ChainsawTest,
    PolicyCase,
    PolicyTest,
)

_ROUTE: JsonObject = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute"}
_FILTERS = "(rules[].filters[].extensionRef.name)"
_RULE = "signed-by-github-workflow"


def examine(
    cluster: Cluster,
    ground: Foundation,
    policies: Policies,
    login: SignOn,
    stack: PrometheusStackWithPages,
    whoami: Whoami,
) -> AcceptanceTests:
    """Write the tests; Grafana has a login of its own, Prometheus has none."""
    route = stack.routes["prometheus"].resource.ref
    grafana = stack.routes["grafana"].resource.ref
    return AcceptanceTests(
        cluster,
        chainsaw=[
            _ready("certificates", ChainsawStep.ready("issuer", ground.cert_manager)),
            _ready("databases", ChainsawStep.ready("postgres", ground.operator, ground.postgres)),
            _ready("sign-on", ChainsawStep.ready("authentik", login.authentik)),
            _ready("whoami", ChainsawStep.ready("app", whoami)),
            ChainsawTest("forward-auth", _forward_auth(login, cluster, route)),
        ],
        kyverno=[
            PolicyTest("verify-images", policies.verify_images.policy.ref, _images()),
            PolicyTest(
                "inject-forward-auth",
                login.policy.policy.ref,
                _injected(login, route, grafana),
            ),
        ],
    )


def _ready(name: str, step: ChainsawStep) -> ChainsawTest:
    return ChainsawTest(name, [step])


def _forward_auth(login: SignOn, cluster: Cluster, route: Reference) -> list[ChainsawStep]:
    """Return the steps for a route with a login before it, and for one that is left alone."""
    # Not the host of the app itself, which keeps running.
    host = PatchStep("replace", "/spec/hostnames/0", cluster.host("chainsaw"))
    _, middleware = protected("without-login", login.policy.auth)
    _, absent = protected("with-login", login.policy.auth)
    return [
        ChainsawStep.apply_copy(route, name="without-login", steps=[host]),
        ChainsawStep.expect("middleware", middleware),
        ChainsawStep.expect("filter", _filtered("without-login", "without-login-forward-auth")),
        ChainsawStep.apply_copy(route, name="with-login", labels=login.skip, steps=[host]),
        ChainsawStep.expect_none("no-middleware", absent),
        ChainsawStep.expect("no-filter", _filtered("with-login")),
    ]


def _filtered(name: str, *middlewares: str) -> JsonObject:
    return {**_ROUTE, "metadata": {"name": name}, "spec": {_FILTERS: [*middlewares]}}


def _injected(login: SignOn, route: Reference, grafana: Reference) -> list[PolicyCase]:
    step, middleware = protected(route.object_name, login.policy.auth)
    metadata: JsonObject = {
        "name": f"{route.object_name}-forward-auth",
        "namespace": route.object_namespace,
    }
    return [
        PolicyCase.generated("middleware", route, {**middleware, "metadata": metadata}),
        PolicyCase.mutated("filter", route, step),
        PolicyCase.skipped("middleware", grafana),
        PolicyCase.skipped("filter", grafana),
    ]


def _images() -> list[PolicyCase]:
    """Return a controller of Flux, whose signature is fetched, and pods that are left out."""
    flux = _pod("flux-system", "ghcr.io/fluxcd/kustomize-controller:v1.7.3")
    return [
        PolicyCase.passed(_RULE, flux),
        PolicyCase.skipped(_RULE, _pod("kube-system", "registry.k8s.io/coredns/coredns:v1.13.1")),
        PolicyCase.skipped(_RULE, _pod("whoami", "docker.io/traefik/whoami:v1.10")),
    ]


def _pod(namespace: str, image: str) -> JsonObject:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"in-{namespace}", "namespace": namespace},
        "spec": {"containers": [{"name": "main", "image": image}]},
    }
