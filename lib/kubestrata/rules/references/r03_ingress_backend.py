"""R03: Ingresses send to Services and ports that exist."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.rules.references._field import known, values
from kubestrata.rules.references._service import missing_service, wrong_port
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

PATHS = ("spec.defaultBackend.service", "spec.rules[].http.paths[].backend.service")


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    for ingress in tree.of_kind("networking.k8s.io", "Ingress"):
        for field in PATHS:
            for path, value in values(ingress.manifest, field):
                name, port = known(mapping(value).get("name")), mapping(mapping(value).get("port"))
                if not name:
                    continue
                service = tree.get("", "Service", ingress.namespace, name)
                if service is None:
                    where = f"{path}.name"
                    yield from missing_service(tree, ingress, where, ingress.namespace, name)
                    continue
                for key, of in (("number", "port"), ("name", "name")):
                    wanted = port.get(key)
                    if known(wanted) != "use-annotation":
                        yield from wrong_port(ingress, f"{path}.port.{key}", service, of, wanted)


RULE = Rule(
    "R03",
    "an Ingress sends to Services and ports that exist",
    "requests end with an error",
    _judge,
)
