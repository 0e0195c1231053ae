"""Environment variables of the container of a workload."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import k8s
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.pod_parts import PodParts
from kubestrata.constructs.workload.value_source import SecretValue
from kubestrata.core.value.image import Image

_POD: Mapping[str, str] = {
    "POD_NAME": "metadata.name",
    "POD_NAMESPACE": "metadata.namespace",
    "POD_IP": "status.podIP",
}
_USER = "app"


def variables(image: Image, name: str, container: Container, parts: PodParts) -> list[k8s.EnvVar]:
    """Return the variables in an order in which each may refer to earlier ones as $(NAME).

    Those of the pod and of telemetry come first, plain values last.
    """
    found = [*_standard(image, name, container, parts.defaults), *_from_objects(container, parts)]
    return [
        *found,
        *(k8s.EnvVar(name=key, value=text) for key, text in container.variables.items()),
    ]


def _standard(
    image: Image, name: str, container: Container, defaults: WorkloadDefaults
) -> list[k8s.EnvVar]:
    """Return the variables that the container does not set itself."""
    found: list[k8s.EnvVar] = []
    if defaults.pod_variables:
        found.append(k8s.EnvVar(name="USER", value=_USER))
        found += [_field(key, path) for key, path in _POD.items()]
    telemetry = telemetry_variables(image, name, container, defaults)
    found += [k8s.EnvVar(name=key, value=text) for key, text in telemetry.items()]
    own = {
        *container.variables,
        *container.secret_variables,
        *container.env_from_store,
        *container.env_from_config_maps,
        *container.env_from_fields,
        *container.env_from_resources,
    }
    return [each for each in found if each.name not in own]


def telemetry_variables(
    image: Image, name: str, container: Container, defaults: WorkloadDefaults
) -> dict[str, str]:
    """Return the variables of the OpenTelemetry SDK; empty without telemetry."""
    wanted = container.telemetry
    if wanted is None:
        return {}
    found = {"OTEL_SERVICE_NAME": name, "OTEL_SERVICE_VERSION": image.tag or image.digest or ""}
    if defaults.environment is not None:
        found["OTEL_DEPLOYMENT_ENVIRONMENT"] = defaults.environment
    found["OTEL_TRACES_ENABLED"] = str(wanted.traces).lower()
    found["OTEL_METRICS_ENABLED"] = str(wanted.metrics).lower()
    traces = wanted.traces_endpoint or defaults.traces_endpoint
    if wanted.traces and traces:
        found["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = traces
    metrics = wanted.metrics_endpoint or defaults.metrics_endpoint
    if wanted.metrics and metrics:
        found["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = metrics
    if wanted.traces:
        found["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio"
        found["OTEL_TRACES_SAMPLER_ARG"] = str(float(wanted.sampling_rate))
    return found


def _from_objects(container: Container, parts: PodParts) -> list[k8s.EnvVar]:
    found = [_secret(name, value) for name, value in parts.stored.items()]
    found += [_field(name, path) for name, path in container.env_from_fields.items()]
    for name, resource in container.env_from_resources.items():
        amount = k8s.ResourceFieldSelector(resource=resource)
        found.append(k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(resource_field_ref=amount)))
    for name, value in container.env_from_config_maps.items():
        selector = k8s.ConfigMapKeySelector(name=value.config_map, key=value.key)
        found.append(
            k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(config_map_key_ref=selector))
        )
    return [*found, *(_secret(name, each) for name, each in container.secret_variables.items())]


def _field(name: str, path: str) -> k8s.EnvVar:
    selector = k8s.ObjectFieldSelector(field_path=path)
    return k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(field_ref=selector))


def _secret(name: str, value: SecretValue) -> k8s.EnvVar:
    selector = k8s.SecretKeySelector(name=value.secret, key=value.key)
    return k8s.EnvVar(name=name, value_from=k8s.EnvVarSource(secret_key_ref=selector))
