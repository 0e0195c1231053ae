"""App: the kind of a platform's API that workloads are claimed as, and what it needs to know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from kubestrata.constructs.platform_api import PlatformKind, structural_schema
from kubestrata.constructs.secret import SecretStoreReference
from kubestrata.constructs.traffic import GatewayReference, Gateways
from kubestrata.constructs.workload.declaration import RunningWorkload
from kubestrata.constructs.workload.default import WorkloadDefaults
from kubestrata.core.cluster import Cluster
from kubestrata.core.json_value import JsonObject
from kubestrata.core.render import Rendering
from kubestrata.schema.default import filled, filling

APP = PlatformKind(
    kind="App",
    plural="apps",
    declaration=RunningWorkload,
    composition=Path(__file__).with_name("app.k"),
    creates=frozenset({"external-secrets.io", "gateway.networking.k8s.io"}),
)


def app_environment(cluster: Cluster) -> JsonObject:
    """What an App's composition reads of its cluster: defaults, gateways, the store of secrets.

    Plain names that make no edge: a definition may be there before what they name, and claims
    that need it wait for it themselves.
    """
    gateways = cluster.find(Gateways) or Gateways()
    reached = {"private": gateways.private, "public": gateways.public}
    store = cluster.find(SecretStoreReference)
    facts: dict[str, Any] = {
        "gateways": {reach: _gateway(each) for reach, each in reached.items() if each is not None},
        "workload": _stated(WorkloadDefaults.of(cluster)),
    }
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


def _stated(defaults: WorkloadDefaults) -> JsonObject:
    """The defaults with those of their own parts, as an API server would fill them in."""
    plain: dict[str, Any] = msgspec.to_builtins(defaults, enc_hook=Rendering([]).encode)
    found: dict[str, Any] = filled(filling(structural_schema(WorkloadDefaults)), plain)
    return found
