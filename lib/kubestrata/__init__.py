"""Typed Python instead of Kubernetes YAML: what synthesizes, reconciles.

Names are loaded when they are used, because cdk8s starts Node and bindings alone need none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.core.cluster import Cluster, Component
    from kubestrata.core.config_text import document_text
    from kubestrata.core.errors import KubestrataError
    from kubestrata.core.frozen import Frozen
    from kubestrata.core.json_value import Json, JsonObject
    from kubestrata.core.namespace import Namespace
    from kubestrata.core.node import Construct
    from kubestrata.core.patch import TypedPatch
    from kubestrata.core.reconcile import HealthCheck, HealthExpression, Reconcile
    from kubestrata.core.reference import Reference, ServiceReference
    from kubestrata.core.resource import RawResource, Resource
    from kubestrata.core.source import ChartRepository, GitRepository, RemoteManifests
    from kubestrata.core.struct import NULL
    from kubestrata.core.value.cron import Cron
    from kubestrata.core.value.duration import Duration
    from kubestrata.core.value.host import Host
    from kubestrata.core.value.image import Image
    from kubestrata.core.value.placeholder import Placeholder, PlaceholderInt
    from kubestrata.core.value.port import Port
    from kubestrata.core.value.quantity import Quantity
    from kubestrata.core.waive import waive
    from kubestrata.core.waiver import Waiver
    from kubestrata.delivery.argo_cd import ArgoCd, ProjectRole, Retiring, SyncRetry, SyncWindow
    from kubestrata.delivery.flux import Flux, SopsDecryption, SubstituteFrom, Variable
    from kubestrata.synth.platform import Platform
    from kubestrata.synth.synthesis import synthesize

__all__ = [
    "NULL",
    "ArgoCd",
    "ChartRepository",
    "Cluster",
    "Component",
    "Construct",
    "Cron",
    "Duration",
    "Flux",
    "Frozen",
    "GitRepository",
    "HealthCheck",
    "HealthExpression",
    "Host",
    "Image",
    "Json",
    "JsonObject",
    "KubestrataError",
    "Namespace",
    "Placeholder",
    "PlaceholderInt",
    "Platform",
    "Port",
    "ProjectRole",
    "Quantity",
    "RawResource",
    "Reconcile",
    "Reference",
    "RemoteManifests",
    "Resource",
    "Retiring",
    "ServiceReference",
    "SopsDecryption",
    "SubstituteFrom",
    "SyncRetry",
    "SyncWindow",
    "TypedPatch",
    "Variable",
    "Waiver",
    "document_text",
    "synthesize",
    "waive",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "core.cluster": "Cluster Component",
        "core.config_text": "document_text",
        "core.errors": "KubestrataError",
        "core.frozen": "Frozen",
        "core.json_value": "Json JsonObject",
        "core.namespace": "Namespace",
        "core.node": "Construct",
        "core.patch": "TypedPatch",
        "core.reconcile": "HealthCheck HealthExpression Reconcile",
        "core.reference": "Reference ServiceReference",
        "core.resource": "RawResource Resource",
        "core.source": "ChartRepository GitRepository RemoteManifests",
        "core.struct": "NULL",
        "core.value.cron": "Cron",
        "core.value.duration": "Duration",
        "core.value.host": "Host",
        "core.value.image": "Image",
        "core.value.placeholder": "Placeholder PlaceholderInt",
        "core.value.port": "Port",
        "core.value.quantity": "Quantity",
        "core.waive": "waive",
        "core.waiver": "Waiver",
        "delivery.argo_cd": "ArgoCd ProjectRole Retiring SyncRetry SyncWindow",
        "delivery.flux": "Flux SopsDecryption SubstituteFrom Variable",
        "synth.platform": "Platform",
        "synth.synthesis": "synthesize",
    },
)
