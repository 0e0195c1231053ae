"""Pods of rendered controllers."""

from __future__ import annotations

from typing import Any

from kubestrata import Component
from tests.constructs.checking import objects

_CONTROLLERS = ("CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet")


def controller(component: Component) -> dict[str, Any]:
    """Return the only controller of a component."""
    (found,) = [made for kind in _CONTROLLERS for made in objects(component, kind)]
    return found


def template(component: Component) -> dict[str, Any]:
    """Return the pod template of the only controller of a component."""
    spec: dict[str, Any] = controller(component)["spec"]
    if "jobTemplate" in spec:
        spec = spec["jobTemplate"]["spec"]
    found: dict[str, Any] = spec["template"]
    return found


def pod(component: Component) -> dict[str, Any]:
    """Return the spec of the pods of the only controller of a component."""
    found: dict[str, Any] = template(component)["spec"]
    return found


def first(component: Component) -> dict[str, Any]:
    """Return the main container of the only controller of a component."""
    found: dict[str, Any] = pod(component)["containers"][0]
    return found
