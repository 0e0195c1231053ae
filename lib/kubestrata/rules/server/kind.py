"""Requirements of the API server for single kinds beyond their schema."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.field import values
from kubestrata.rules.server.name import is_open, label_faults, label_problem
from kubestrata.rules.server.pod import (
    pod_faults,
    port_name_problem,
    port_problem,
    selector_faults,
)
from kubestrata.rules.subject import Subject
from kubestrata.schema import Fault, dotted, shown

Check: TypeAlias = Callable[[Subject], Iterator[Fault]]

_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_DATA_SIZE = 1024 * 1024
_CRON_FIELD = r"[\d*/,A-Za-z?-]+"
_CRON = re.compile(rf"(TZ=\S+ |CRON_TZ=\S+ )?({_CRON_FIELD}\s+){{4}}{_CRON_FIELD}|@every \S+|@\w+")
_NODE_TYPES = ("LoadBalancer", "NodePort")


def _workload(subject: Subject) -> Iterator[Fault]:
    yield from selector_faults(subject)
    yield from pod_faults(subject)


def _service(subject: Subject) -> Iterator[Fault]:
    spec, kind = subject.spec, subject.spec.get("type", "ClusterIP")
    ports = sequence(spec.get("ports"))
    yield from label_faults("spec.selector", spec.get("selector"))
    if kind == "ExternalName":
        if not spec.get("externalName"):
            yield Fault("spec.externalName", "is not set; a Service of type ExternalName needs it")
    elif not ports and spec.get("clusterIP") != "None":
        yield Fault("spec.ports", "is not set; a Service needs a port")
    seen: set[str] = set()
    for index, each in enumerate(ports):
        port, path = mapping(each), f"spec.ports[{index}]"
        name = port.get("name")
        if not name and len(ports) > 1:
            message = f"is not set; a Service with {len(ports)} ports needs it"
            yield Fault(f"{path}.name", message, "name each port")
        if name and str(name) in seen:
            yield Fault(f"{path}.name", f"a second port {shown(name)}", "rename one of them")
        seen.add(str(name))
        yield from _service_port(port, path, str(kind))


def _service_port(port: Mapping[str, Any], path: str, kind: str) -> Iterator[Fault]:
    target = port.get("targetPort")
    for field, why in (
        ("name", label_problem(port.get("name"))),
        ("port", port_problem(port.get("port"))),
        ("targetPort", port_problem(target) or port_name_problem(target)),
    ):
        if why:
            yield Fault(f"{path}.{field}", why)
    if port.get("nodePort") and kind not in _NODE_TYPES:
        message = f"is set; a Service of type {kind} has no node port"
        yield Fault(f"{path}.nodePort", message, "write type: NodePort, or leave it out")


def _budget(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        message = "minAvailable and maxUnavailable are both set; one is allowed"
        yield Fault("spec", message, "keep one")


def _autoscaler(subject: Subject) -> Iterator[Fault]:
    low, high = subject.spec.get("minReplicas", 1), subject.spec.get("maxReplicas")
    if isinstance(high, int) and high < 1:
        yield Fault("spec.maxReplicas", f"{high} must be more than 0")
    elif isinstance(low, int) and isinstance(high, int) and low > high:
        yield Fault("spec.minReplicas", f"{low} is more than maxReplicas, {high}")


def _cron_job(subject: Subject) -> Iterator[Fault]:
    schedule = subject.spec.get("schedule")
    if isinstance(schedule, str) and not is_open(schedule) and not _CRON.fullmatch(schedule):
        message = (
            f"{shown(schedule)} is not a valid schedule: must be minute, hour, day, month "
            "and weekday"
        )
        yield Fault("spec.schedule", message)
    yield from pod_faults(subject)


def _ingress(subject: Subject) -> Iterator[Fault]:
    for at, each in values(subject.manifest, "spec.rules[].http.paths[]"):
        path, kind = mapping(each).get("path"), mapping(each).get("pathType")
        if kind in ("Exact", "Prefix") and not str(path or "").startswith(("/", "${")):
            yield Fault(f"{at}.path", f"{shown(path)} must begin with '/'")


def _data(subject: Subject) -> Iterator[Fault]:
    size = 0
    for field in ("data", "binaryData", "stringData"):
        for number, (key, value) in enumerate(mapping(subject.manifest.get(field)).items(), 1):
            size += len(key) + (len(value) if isinstance(value, str) else 0)
            if not _DATA_KEY.fullmatch(key) and not is_open(key):
                message = "the key must be letters, digits, '-', '_' and '.'"
                if (
                    subject.identity.kind == "Secret"
                ):  # an error in YAML may turn a value into a key
                    yield Fault(field, f"entry {number}: {message}")
                else:
                    yield Fault(dotted([field, key]), message)
            encoded = field == "binaryData" or subject.identity.kind == "Secret"
            if encoded and field != "stringData" and not _is_base64(value):
                yield Fault(dotted([field, key]), "is not base64", "write it under stringData")
    if size > _DATA_SIZE:
        yield Fault("data", f"has {size} characters; {_DATA_SIZE} are allowed")


def _is_base64(value: object) -> bool:
    if not isinstance(value, str) or is_open(value):
        return True
    try:
        b64decode("".join(value.split()), validate=True)
    except (Error, ValueError):
        return False
    return True


def _definition(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    expected = f"{mapping(spec.get('names')).get('plural')}.{spec.get('group')}"
    if subject.identity.name != expected:
        message = f"{shown(subject.identity.name)} must be plural and group"
        yield Fault("metadata.name", message, f"write {expected}")
    versions = [mapping(each) for each in sequence(spec.get("versions"))]
    stored = [str(each.get("name")) for each in versions if each.get("storage")]
    if len(stored) != 1:
        message = f"{', '.join(stored) or 'no version'} has storage: true; exactly one must"
        yield Fault("spec.versions", message)


def _binding(subject: Subject) -> Iterator[Fault]:
    role = mapping(subject.manifest.get("roleRef"))
    kinds = ["ClusterRole", "Role"] if subject.identity.kind == "RoleBinding" else ["ClusterRole"]
    if role and role.get("kind") not in kinds:
        message = f"{shown(role.get('kind'))} is not valid: must be {' or '.join(kinds)}"
        yield Fault("roleRef.kind", message)
    for at, each in values(subject.manifest, "subjects[]"):
        who = mapping(each)
        if who.get("kind") == "ServiceAccount" and not who.get("namespace"):
            message = "is not set; a service account needs it"
            yield Fault(f"{at}.namespace", message)


CHECKS: Mapping[tuple[str, str], Check] = {
    ("", "ConfigMap"): _data,
    ("", "Pod"): pod_faults,
    ("", "Secret"): _data,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _workload,
    ("apps", "Deployment"): _workload,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): _cron_job,
    ("batch", "Job"): pod_faults,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("policy", "PodDisruptionBudget"): _budget,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _binding,
    ("rbac.authorization.k8s.io", "RoleBinding"): _binding,
}
