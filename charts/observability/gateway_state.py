"""Metrics of the state of Gateway API objects, by kube-state-metrics."""

from collections.abc import Sequence

from kubestrata import Frozen, JsonObject

_GROUP = "gateway.networking.k8s.io"
_PREFIX = "gatewayapi"
# Label -> field of a reference to a parent.
_PARENT_FIELDS = {
    "parent_group": "group",
    "parent_kind": "kind",
    "parent_name": "name",
    "parent_namespace": "namespace",
    "parent_section_name": "sectionName",
    "parent_port": "port",
}
_PARENT: JsonObject = {label: [field] for label, field in _PARENT_FIELDS.items()}


class GatewayKind(Frozen):
    """A kind of the Gateway API, with the metrics that it has beside those of every kind."""

    kind: str
    plural: str
    version: str
    metrics: Sequence[JsonObject]

    @property
    def resource(self) -> JsonObject:
        """Return the entry of `resources`."""
        return {
            "groupVersionKind": {"group": _GROUP, "version": self.version, "kind": self.kind},
            "metricNamePrefix": f"{_PREFIX}_{self.kind.lower()}",
            "labelsFromPath": {
                "name": ["metadata", "name"],
                "namespace": ["metadata", "namespace"],
            },
            "metrics": [*_EVERY_KIND, *self.metrics],
        }


def state_of_gateways() -> JsonObject:
    """Return values of kube-state-metrics' chart, with permission to read what they need."""
    plurals = sorted({*(each.plural for each in _KINDS), "referencegrants"})
    read = ["list", "watch"]
    return {
        "customResourceState": {
            "enabled": True,
            "key": "kube-state-metrics-custom-resource-state.yaml",
            "config": {
                "kind": "CustomResourceStateMetrics",
                "spec": {"resources": [each.resource for each in _KINDS]},
            },
        },
        "rbac": {
            "extraRules": [
                {"apiGroups": [_GROUP], "resources": plurals, "verbs": read},
                {
                    "apiGroups": ["apiextensions.k8s.io"],
                    "resources": ["customresourcedefinitions"],
                    "verbs": ["get", *read],
                },
            ]
        },
    }


def _info(name: str, help_text: str, path: Sequence[str], labels: JsonObject) -> JsonObject:
    """Return a metric that is 1 for each item of a list, or for an object."""
    place: JsonObject = {"path": list(path)} if path else {}
    info: JsonObject = {**place, "labelsFromPath": labels}
    return {"name": name, "help": help_text, "each": {"type": "Info", "info": info}}


def _gauge(
    name: str, help_text: str, path: Sequence[str], value: Sequence[str], labels: JsonObject
) -> JsonObject:
    """Return a metric that is a number, a time or the state of a condition."""
    more: JsonObject = {"labelsFromPath": labels} if labels else {}
    gauge: JsonObject = {"path": list(path), "valueFrom": list(value), **more}
    return {"name": name, "help": help_text, "each": {"type": "Gauge", "gauge": gauge}}


def _conditions(of: str) -> JsonObject:
    return _gauge("status", f"Conditions of a {of}", _CONDITIONS, ["status"], {"type": ["type"]})


_CONDITIONS = ("status", "conditions")
_EVERY_KIND = (
    _info("labels", "Labels of the object", [], {"*": ["metadata", "labels"]}),
    _gauge("created", "Time of creation", ["metadata", "creationTimestamp"], [], {}),
    _gauge("deleted", "Time of deletion", ["metadata", "deletionTimestamp"], [], {}),
)
_PARENTS = (
    _info("parent_info", "Parents that a route names", ["spec", "parentRefs"], _PARENT),
    _info(
        "status_parent_info",
        "Parents that answered a route",
        ["status", "parents"],
        {
            "controller_name": ["controllerName"],
            **{label: ["parentRef", field] for label, field in _PARENT_FIELDS.items()},
        },
    ),
)
_HOSTNAMES = (_info("hostname_info", "Hosts of a route", ["spec", "hostnames"], {"hostname": []}),)
_LISTENER: JsonObject = {
    "listener_name": ["name"],
    "port": ["port"],
    "protocol": ["protocol"],
    "hostname": ["hostname"],
    "tls_mode": ["tls", "mode"],
}
_CLASS = (
    _info("info", "Class of Gateways", [], {"controller_name": ["spec", "controllerName"]}),
    _conditions("GatewayClass"),
    _info(
        "status_supported_features",
        "Features that the controller supports",
        ["status", "supportedFeatures"],
        {"features": ["name"]},
    ),
)
_GATEWAY = (
    _info("info", "Gateway", [], {"gatewayclass_name": ["spec", "gatewayClassName"]}),
    _info("listener_info", "Listeners of a Gateway", ["spec", "listeners"], _LISTENER),
    _conditions("Gateway"),
    _gauge(
        "status_listener_attached_routes",
        "Routes that are attached to a listener",
        ["status", "listeners"],
        ["attachedRoutes"],
        {"listener_name": ["name"]},
    ),
    _info(
        "status_address_info",
        "Addresses of a Gateway",
        ["status", "addresses"],
        {"type": ["type"], "value": ["value"]},
    ),
)
_TARGET = _info(
    "target_info",
    "Targets of a policy",
    ["spec", "targetRefs"],
    {
        "target_group": ["group"],
        "target_kind": ["kind"],
        "target_name": ["name"],
    },
)
_KINDS = (
    GatewayKind("GatewayClass", "gatewayclasses", "v1beta1", _CLASS),
    GatewayKind("Gateway", "gateways", "v1beta1", _GATEWAY),
    GatewayKind("HTTPRoute", "httproutes", "v1beta1", (*_HOSTNAMES, *_PARENTS)),
    GatewayKind("GRPCRoute", "grpcroutes", "v1", (*_HOSTNAMES, *_PARENTS)),
    GatewayKind("TLSRoute", "tlsroutes", "v1alpha2", (*_HOSTNAMES, *_PARENTS)),
    GatewayKind("TCPRoute", "tcproutes", "v1alpha2", _PARENTS),
    GatewayKind("UDPRoute", "udproutes", "v1alpha2", _PARENTS),
    GatewayKind("BackendTLSPolicy", "backendtlspolicies", "v1alpha3", (_TARGET,)),
)
