"""The facts of each app that both sides build, as plain data.

One namespace, and for every app a Deployment, Service, ServiceAccount, ConfigMap,
HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicy and HTTPRoute.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

OBJECTS_PER_APP = 8
NAMESPACE = "shop"
GATEWAY = "public"
GATEWAY_NAMESPACE = "gateway"


@dataclass(frozen=True, slots=True)
class AppFacts:
    """One web service."""

    name: str
    image: str
    host: str
    port: int
    replicas: int
    max_replicas: int
    cpu: str
    memory: str
    settings: dict[str, str]

    @property
    def selector(self) -> dict[str, str]:
        """The labels that find its pods."""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/part-of": NAMESPACE}

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its objects."""
        return {**self.selector, "app.kubernetes.io/version": self.image.rpartition(":")[2]}


def _app(number: int) -> AppFacts:
    name = f"service-{number:03}"
    host = f"{name}.example.com"
    return AppFacts(
        name=name,
        image=f"registry.example.com/{NAMESPACE}/{name}:1.{number % 10}.0",
        host=host,
        port=8000 + number,
        replicas=2 + number % 3,
        max_replicas=6 + number % 5,
        cpu=f"{100 + 10 * (number % 20)}m",
        memory=f"{128 + 16 * (number % 16)}Mi",
        settings={
            "LOG_LEVEL": "info",
            "PUBLIC_URL": f"https://{host}",
            "POOL_SIZE": str(5 + number % 10),
            "application.yaml": f"server:\n  name: {name}\n  port: {8000 + number}\n",
        },
    )


@contextmanager
def as_a_command() -> Generator[None]:
    """Leave Python's garbage alone as `kubestrata` does; both sides run so."""
    gc.set_threshold(1_000_000)
    yield
    gc.freeze()


def apps(count: int) -> list[AppFacts]:
    """Return the first `count` apps, always the same."""
    return [_app(number) for number in range(count)]
