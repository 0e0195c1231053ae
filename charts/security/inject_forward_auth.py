"""A login before every route, added by policy."""

from charts.infrastructure.traefik import MIDDLEWARE_API
from kubeapis import k8s, kyverno
from kubestrata import Cluster, Component, Json, JsonObject
from kubestrata.constructs import PatchStep
from kubestrata.constructs.traffic import ForwardAuth

_NAME = "inject-forward-auth"
# One for each route: the engine deletes what it generated with the object that it is for.
_SUFFIX = "forward-auth"
_MIDDLEWARE = f"{{{{ request.object.metadata.name }}}}-{_SUFFIX}"
_ROUTE = "gateway.networking.k8s.io/v1/HTTPRoute"
# In a rule whose filters are absent, the engine creates the list.
_FILTER = f"""\
- op: add
  path: /spec/rules/{{{{elementIndex}}}}/filters/-
  value:
    type: ExtensionRef
    extensionRef:
      group: traefik.io
      kind: Middleware
      name: "{_MIDDLEWARE}"
"""
_ADDED = "{{ element.filters[?extensionRef.name == '" + _MIDDLEWARE + "'] || `[]` | length(@) }}"


def protected(route: str, auth: ForwardAuth) -> tuple[PatchStep, JsonObject]:
    """Return what the policy does for a route with one rule: its filter, and the Middleware."""
    name = f"{route}-{_SUFFIX}"
    reference: JsonObject = {"group": "traefik.io", "kind": "Middleware", "name": name}
    filters: list[Json] = [{"type": "ExtensionRef", "extensionRef": reference}]
    middleware: JsonObject = {
        "apiVersion": MIDDLEWARE_API,
        "kind": "Middleware",
        "metadata": {"name": name},
        "spec": auth.middleware,
    }
    return PatchStep("add", "/spec/rules/0/filters", filters), middleware


class InjectForwardAuth(Component):
    """A ClusterPolicy that puts `auth` before each HTTPRoute, by a Middleware beside it.

    Routes with `opt_out` are left alone: those of the provider itself, and of applications with a
    login of their own. While the policy engine is down, no route can be changed.
    """

    def __init__(self, scope: Cluster, *, auth: ForwardAuth) -> None:
        super().__init__(scope, _NAME, layer="security")
        self.auth, self.opt_out = auth, opt_out(scope)
        self.requires(["gateway.networking.k8s.io", "traefik.io"])
        self.policy = kyverno.ClusterPolicy(
            self,
            _NAME,
            spec=kyverno.ClusterPolicySpec(
                background=True,
                webhook_configuration=kyverno.ClusterPolicySpecWebhookConfiguration(
                    failure_policy="Fail"
                ),
                rules=[
                    self._rule("middleware", generate=_middleware(auth.middleware)),
                    self._rule("filter", mutate=_filters()),
                ],
            ),
        )

    def _rule(
        self,
        name: str,
        *,
        generate: kyverno.ClusterPolicySpecRulesGenerate | None = None,
        mutate: kyverno.ClusterPolicySpecRulesMutate | None = None,
    ) -> kyverno.ClusterPolicySpecRules:
        skipped = k8s.LabelSelector(match_labels=self.opt_out)
        return kyverno.ClusterPolicySpecRules(
            name=name,
            match=_routes(kyverno.ClusterPolicySpecRulesMatchResources(kinds=[_ROUTE])),
            exclude=_routes(kyverno.ClusterPolicySpecRulesMatchResources(selector=skipped)),
            generate=generate,
            mutate=mutate,
        )


def opt_out(cluster: Cluster) -> dict[str, str]:
    """Return the label of routes that get no login."""
    return {f"auth.{cluster.domain}/skip": "true"}


def _routes(
    resources: kyverno.ClusterPolicySpecRulesMatchResources,
) -> kyverno.ClusterPolicySpecRulesMatch:
    return kyverno.ClusterPolicySpecRulesMatch(
        any=[kyverno.ClusterPolicySpecRulesMatchAll(resources=resources)]
    )


def _middleware(spec: JsonObject) -> kyverno.ClusterPolicySpecRulesGenerate:
    """Return the Middleware in the namespace of the route: a filter cannot name another one."""
    return kyverno.ClusterPolicySpecRulesGenerate(
        api_version=MIDDLEWARE_API,
        kind="Middleware",
        name=_MIDDLEWARE,
        namespace="{{ request.object.metadata.namespace }}",
        synchronize=True,
        # Routes that exist before the policy get it too.
        generate_existing=True,
        data={"spec": spec},
    )


def _filters() -> kyverno.ClusterPolicySpecRulesMutate:
    """Return the addition of the filter to each rule that lacks it."""
    absent = kyverno.ClusterPolicySpecRulesMutateForeachPreconditionsAll(
        key=_ADDED, operator="Equals", value=0
    )
    return kyverno.ClusterPolicySpecRulesMutate(
        foreach=[
            kyverno.ClusterPolicySpecRulesMutateForeach(
                list="request.object.spec.rules",
                preconditions=kyverno.ClusterPolicySpecRulesMutateForeachPreconditions(
                    all=[absent]
                ),
                patches_json6902=_FILTER,
            )
        ]
    )
