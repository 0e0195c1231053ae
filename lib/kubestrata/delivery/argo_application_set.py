"""ApplicationSets of Argo CD: the Applications of a layer, from the folders of the output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubestrata.core.json_value import Manifest, mapping
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.argo_object import argo_object
from kubestrata.delivery.unit import CONFIG

WAVE_LABEL = "wave"
"""The label of the step in which an ApplicationSet rolls out an Application."""


def made_by_set(application: Manifest, wave: int) -> Manifest:
    """Return an Application as an ApplicationSet makes it: the wave is a label of its rollout."""
    metadata = {key: each for key, each in application["metadata"].items() if key != "annotations"}
    return {**application, "metadata": {**metadata, "labels": {WAVE_LABEL: str(wave)}}}


def fits_template(application: Manifest) -> bool:
    """Return True if a template can make an Application: a folder of the output, pruned."""
    spec = application["spec"]
    automated = spec["syncPolicy"]["automated"]
    return "source" in spec and "finalizers" in application["metadata"] and automated["prune"]


def application_set(
    argo: ArgoCd,
    name: str,
    wave: int,
    *,
    folder: str,
    units: Mapping[str, Manifest],
    others: Iterable[str],
) -> Manifest:
    """Return the ApplicationSet that makes the Applications `units`, by their names.

    `folder` is that of the layer; `others` are the folders below it that it leaves out.
    """
    top = f"{argo.path}/{folder}"
    directories: list[Manifest] = [{"path": f"{top}/*"}]
    if any(one["spec"]["source"]["path"].count("/") > top.count("/") + 1 for one in units.values()):
        directories.append({"path": f"{top}/*/{CONFIG}"})
    directories += [{"path": f"{argo.path}/{each}", "exclude": True} for each in sorted(others)]
    git: Manifest = {
        "repoURL": argo.repository.url,
        "revision": argo.repository.branch,
        "directories": directories,
    }
    called = f'(slice .path.segments {top.count("/") + 1} | join "-")'
    waves = {each: mapping(one["metadata"]["labels"])[WAVE_LABEL] for each, one in units.items()}
    spaces = {each: one["spec"]["destination"]["namespace"] for each, one in units.items()}
    template = _template(argo, units, called, waves, spaces)
    steps = [_step(each) for each in sorted(set(waves.values()), key=int)]
    spec: Manifest = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"git": git}],
        "strategy": {"type": "RollingSync", "rollingSync": {"steps": steps}},
        "template": template,
    }
    return argo_object(argo.namespace, "ApplicationSet", name, wave, spec)


def _template(
    argo: ArgoCd,
    units: Mapping[str, Manifest],
    called: str,
    waves: Mapping[str, str],
    spaces: Mapping[str, str],
) -> Manifest:
    """Return the template: an Application, with what differs between them taken from tables."""
    one = next(iter(units.values()))
    ignored = [
        entry for each in units.values() for entry in each["spec"].get("ignoreDifferences", ())
    ]
    source = {**one["spec"]["source"], "path": "{{ .path.path }}"}
    spec = {
        **one["spec"],
        "source": source,
        "destination": {"server": argo.server, "namespace": _looked_up(spaces, called)},
    }
    spec.pop("ignoreDifferences", None)
    if ignored:
        spec["ignoreDifferences"] = ignored
    metadata: Manifest = {
        "name": f"{argo.prefix}{{{{ {called[1:-1]} }}}}",
        "labels": {WAVE_LABEL: _looked_up(waves, called)},
        "finalizers": list(one["metadata"]["finalizers"]),
    }
    return {"metadata": metadata, "spec": spec}


def _looked_up(values: Mapping[str, str], called: str) -> str:
    """Return the text that all have, or a template that looks it up by the name."""
    found = set(values.values())
    if len(found) == 1:
        return next(iter(found))
    table = " ".join(f'"{name}" "{value}"' for name, value in sorted(values.items()))
    return f"{{{{ get (dict {table}) {called} }}}}"


def _step(wave: str) -> Manifest:
    return {"matchExpressions": [{"key": WAVE_LABEL, "operator": "In", "values": [wave]}]}
