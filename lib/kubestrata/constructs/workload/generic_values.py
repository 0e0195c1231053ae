"""Values of the chart app-template for a planned pod.

Source: version 4 of the chart's library: controllers, service, persistence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.rollout import Rollout
from kubestrata.constructs.workload.service import service_port
from kubestrata.core.json_value import Json, JsonObject
from kubestrata.core.value.image import Image

# Fields of a pod that the chart has under other names.
_MOVED = ("containers", "initContainers", "serviceAccountName", "volumes")
_PROBES = {
    "livenessProbe": "liveness",
    "readinessProbe": "readiness",
    "startupProbe": "startup",
}
# Fields of a container that the chart has under other names, or adds itself.
_OWN = ("image", "imagePullPolicy", "name", "volumeMounts", "workingDir", *_PROBES)
# Sources of volumes that are types of the chart, with the name of their object and its key there.
_SOURCES = {
    "configMap": ("configMap", "name", "name"),
    "emptyDir": ("emptyDir", None, None),
    "persistentVolumeClaim": ("persistentVolumeClaim", "claimName", "existingClaim"),
    "secret": ("secret", "secretName", "name"),
}
_KEPT = ("defaultMode", "items", "medium", "sizeLimit")


def generic_values(
    plan: PodPlan, template: Mapping[str, Any], replicas: int, rollout: Rollout
) -> JsonObject:
    """Return the values of one controller named like the workload, its Service and its volumes."""
    spec, metadata = template["spec"], template["metadata"]
    # The chart sets the label of the name itself.
    labels = {key: value for key, value in metadata["labels"].items() if key not in plan.labels}
    pod: dict[str, Json] = {key: value for key, value in spec.items() if key not in _MOVED}
    if labels:
        pod["labels"] = labels
    if metadata.get("annotations"):
        pod["annotations"] = metadata["annotations"]
    controller: dict[str, Json] = {
        "replicas": replicas,
        **_strategy(rollout),
        "serviceAccount": {"name": spec["serviceAccountName"]},
        "pod": pod,
        "containers": {each["name"]: _container(each) for each in spec["containers"]},
    }
    if spec.get("initContainers"):
        # The chart sorts them by name otherwise.
        controller["initContainers"] = {
            each["name"]: {**_container(each), **_after(spec["initContainers"], number)}
            for number, each in enumerate(spec["initContainers"])
        }
    values: dict[str, Json] = {"controllers": {plan.id: controller}}
    if plan.ports:
        values["service"] = {plan.id: _service(plan)}
    if spec.get("volumes"):
        values["persistence"] = {
            each["name"]: _persistence(plan.id, each, spec) for each in spec["volumes"]
        }
    return values


def _strategy(rollout: Rollout) -> dict[str, Json]:
    found: dict[str, Json] = {"strategy": rollout.strategy}
    if rollout.strategy == "RollingUpdate":
        found["rollingUpdate"] = {
            "surge": rollout.max_surge,
            "unavailable": rollout.max_unavailable,
        }
    if rollout.history is not None:
        found["revisionHistoryLimit"] = rollout.history
    return found


def _container(container: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {"image": _image(container)}
    found |= {key: value for key, value in container.items() if key not in _OWN}
    if "env" in container:
        found["env"] = [_literal(each) for each in container["env"]]
    if "workingDir" in container:
        found["workingDir"] = container["workingDir"]
    probes: dict[str, Json] = {
        name: {"enabled": True, "custom": True, "spec": container[field]}
        for field, name in _PROBES.items()
        if field in container
    }
    if probes:
        found["probes"] = probes
    return found


def _literal(variable: Mapping[str, Any]) -> JsonObject:
    """Return a variable whose value the chart, which reads it as a template, leaves as it is."""
    value = variable.get("value")
    if not isinstance(value, str) or "{{" not in value:
        return variable
    return {**variable, "value": value.replace("{{", '{{ "{{" }}')}


def _image(container: Mapping[str, Any]) -> JsonObject:
    image = Image(container["image"])
    # The chart joins both with a colon.
    found: dict[str, Json] = {"repository": image.repository, "tag": image.tag}
    if image.digest is not None:
        algorithm, _, digest = image.digest.partition(":")
        if image.tag is None:
            found = {"repository": f"{image.repository}@{algorithm}", "tag": digest}
        else:
            found["tag"] = f"{image.tag}@{image.digest}"
    if "imagePullPolicy" in container:
        found["pullPolicy"] = container["imagePullPolicy"]
    return found


def _after(containers: list[Mapping[str, Any]], number: int) -> dict[str, Json]:
    return {"dependsOn": containers[number - 1]["name"]} if number else {}


def _service(plan: PodPlan) -> JsonObject:
    main = next(iter(plan.ports))
    return {
        "controller": plan.id,
        "ports": {
            name: {
                "port": service_port(name, port),
                "targetPort": port.number,
                "protocol": port.protocol,
                "primary": name == main,
            }
            for name, port in plan.ports.items()
        },
    }


def _persistence(controller: str, volume: Mapping[str, Any], spec: Mapping[str, Any]) -> JsonObject:
    mounts: dict[str, Json] = {}
    for each in (*spec["containers"], *spec.get("initContainers", ())):
        paths = [
            _mount(one) for one in each.get("volumeMounts", ()) if one["name"] == volume["name"]
        ]
        if paths:
            mounts[each["name"]] = paths
    return {**_volume(volume), "advancedMounts": {controller: mounts}}


def _volume(volume: Mapping[str, Any]) -> dict[str, Json]:
    kind, source = next((key, value) for key, value in volume.items() if key != "name")
    known = _SOURCES.get(kind)
    if known is None or set(source) - {known[1], *_KEPT}:
        return {"type": "custom", "volumeSpec": {kind: source}}
    type_, name, key = known
    found: dict[str, Json] = {"type": type_}
    if name is not None and key is not None:
        found[key] = source[name]
    return found | {field: source[field] for field in _KEPT if field in source}


def _mount(mount: Mapping[str, Any]) -> JsonObject:
    found: dict[str, Json] = {"path": mount["mountPath"]}
    for key in ("subPath", "subPathExpr", "readOnly", "mountPropagation"):
        if key in mount:
            found[key] = mount[key]
    return found
