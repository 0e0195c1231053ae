"""Small platforms that Argo CD delivers, with synthetic values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubestrata import ArgoCd, Cluster, GitRepository, Host, Platform
from kubestrata.core.json_value import Manifest
from kubestrata.delivery.deliver import deliver
from kubestrata.delivery.delivered import DeliveredCluster
from kubestrata.helm.store import ChartStore

REPOSITORY = "https://git.example.com/platform"
_CHART = "apiVersion: v2\nname: {name}\nversion: 1.2.3\n"


def argo_cluster(name: str = "c1", *, platform: Platform | None = None, **options: Any) -> Cluster:
    """A cluster with nothing in it; `options` are those of ArgoCd."""
    argo = ArgoCd(repository=GitRepository(url=REPOSITORY), **options)
    return Cluster(
        platform or Platform(), name, domain=Host("example.com"), delivery=argo, kubernetes="1.35"
    )


def shelf(top: Path, name: str = "operator", **templates: str) -> ChartStore:
    """A store with one chart at version 1.2.3; `crds` is a file of its folder of that name."""
    folder = top / "shelf" / name
    for each, text in templates.items():
        path = folder / (f"crds/{each}.yaml" if each == "crds" else f"templates/{each}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "Chart.yaml").write_text(_CHART.format(name=name))
    return ChartStore(top / "store", [top / "shelf"])


def objects(cluster: DeliveredCluster) -> dict[str, Manifest]:
    """Every object of a delivered tree, by its file below the cluster's folder."""
    return {
        file.path.removeprefix(f"{cluster.name}/"): file.manifest
        for file in cluster.files
        if file.manifest is not None
    }


def entry(cluster: Cluster, name: str, store: ChartStore | None = None) -> Manifest:
    """One object of the folder that the root applies, by its file's name."""
    return objects(deliver(cluster, store))[f"argocd/{name}.yaml"]
