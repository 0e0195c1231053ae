"""App, the kind of workload claims, and the cluster facts that its composition reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from kubestrata.constructs.helm import ReleasePolicy
from kubestrata.constructs.helm.helm_release import release_spec
from kubestrata.constructs.network import Endpoint, Pods
from kubestrata.constructs.platform_api.app_spec import AppSpec
from kubestrata.constructs.platform_api.claim import Claims, PlatformKind
from kubestrata.constructs.secret import SecretStoreReference
from kubestrata.constructs.traffic import (
    GatewayReference,
    Gateways,
    IngressController,
    RouteReference,
    check_login,
    connect_gateway,
    entry_point,
    expose,
)
from kubestrata.constructs.workload import (
    SERVICE_PORT,
    ValkeyChart,
    WorkloadDeclaration,
    WorkloadDefaults,
    WorkloadObjects,
    check_native,
    exposed_ports,
    route_rules,
)
from kubestrata.core.cluster import Cluster, component_of
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference, ServiceReference
from kubestrata.core.render import Rendering

APP = PlatformKind(
    kind="App",
    plural="apps",
    declaration=AppSpec,
    composition=Path(__file__).with_name("app.k"),
    creates=frozenset({"external-secrets.io", "gateway.networking.k8s.io"}),
    more=(Path(__file__).with_name("app_part.k"),),
)


class ClaimedWorkload:
    """One claim of an AppSpec in place of the native objects of a workload.

    `objects` are references to the objects that the composition creates. The gateway's network
    policies stay beside the claim, which waits for the gateway and the secret store; so does the
    Ingress of a cluster without a gateway.
    """

    def __init__(
        self, api: Claims, scope: Construct, pods: Pods, declaration: WorkloadDeclaration
    ) -> None:
        self._scope, self._pods, self._declaration = scope, pods, declaration
        self._component = component_of(scope)
        cluster = self._component.cluster
        defaults = WorkloadDefaults.of(cluster)
        check_native(declaration, defaults)
        if declaration.container.env_from_store or declaration.container.secrets_from_store:
            store = cluster.ask(SecretStoreReference)
            store.require_namespace(pods.namespace)
            self._component.needs(store.ref)
        exposure = declaration.route
        self._entry = entry_point(cluster, exposure.visibility) if exposure is not None else None
        if isinstance(self._entry, IngressController):
            declaration = replace(declaration, route=None)
        spec = AppSpec.of(declaration, defaults)
        self.resource = api.claim(scope, pods.name, spec)
        service = ServiceReference(self._made("", "Service"), SERVICE_PORT)
        self.objects = WorkloadObjects(
            deployment=self._made("apps", "Deployment"),
            service=service,
            ready=self.resource.ref,
            route=self._route(service),
        )

    def _made(self, group: str, kind: str) -> Reference:
        """Return an object that the composition creates, named after the workload."""
        return self.resource.ref.makes(kind, self._pods.name, group=group)

    def _route(self, service: ServiceReference) -> RouteReference | None:
        exposure, gateway = self._declaration.route, self._entry
        if exposure is None or gateway is None:
            return None
        known = self._declaration.container.all_ports
        ports, label = exposed_ports(exposure, known), exposure.host or self._pods.name
        to = Endpoint(self._pods, ports, self._component, self.resource.ref).behind(service)
        if isinstance(gateway, IngressController):
            rules, seen = route_rules(exposure, known), exposure.visibility
            return expose(
                self._scope,
                self._pods.name,
                label=label,
                to=to,
                visibility=seen,
                rules=rules,
                auth=exposure.auth,
            )
        check_login(gateway, exposure.auth)
        connect_gateway(self._scope, self._pods.name, gateway=gateway, to=to)
        self._component.needs(gateway.gateway)
        host = gateway.domain.sub(label)
        return RouteReference(self._made("gateway.networking.k8s.io", "HTTPRoute"), host)


def app_environment(cluster: Cluster) -> JsonObject:
    """Return the cluster facts for the App composition: gateways, secret store, chart, telemetry.

    Plain names without an edge: a definition may exist before the objects that they name; the
    claims wait for these themselves.
    """
    gateways = cluster.find(Gateways) or Gateways()
    visible = {"private": gateways.private, "public": gateways.public}
    store = cluster.find(SecretStoreReference)
    facts: dict[str, Any] = {
        "gateways": {key: _gateway(each) for key, each in visible.items() if each is not None},
    }
    defaults = WorkloadDefaults.of(cluster)
    telemetry = {
        "environment": defaults.environment,
        "tracesEndpoint": defaults.traces_endpoint,
        "metricsEndpoint": defaults.metrics_endpoint,
    }
    facts |= {key: value for key, value in telemetry.items() if value is not None}
    chart = cluster.find(ValkeyChart)
    if chart is not None:
        release = release_spec(chart.chart, ReleasePolicy(), cluster.delivery.namespace)
        facts["valkeyRelease"] = msgspec.to_builtins(release, enc_hook=Rendering([]).encode)
    if store is not None:
        facts["secretStore"] = {"kind": store.ref.kind, "name": store.ref.object_name}
    return facts


def _gateway(reference: GatewayReference) -> JsonObject:
    return {
        "name": reference.gateway.object_name,
        "namespace": reference.gateway.object_namespace or "",
        "listener": reference.listener,
        "domain": str.__str__(reference.domain),
    }
