"""ApplicationSets of Argo CD: the Applications of a layer, from the folders of the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubestrata.core.json_value import Manifest, is_mapping, mapping
from kubestrata.core.yaml_text import dump
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.delivery.argo_object import FINALIZER, argo_object
from kubestrata.delivery.unit import CONFIG

WAVE_LABEL = "wave"
"""The label of the step in which an ApplicationSet rolls out an Application."""
_OPEN = "{{"


def made_by_set(application: Manifest, wave: int) -> Manifest:
    """Return an Application as an ApplicationSet makes it: the wave is a label of its rollout."""
    metadata = {key: each for key, each in application["metadata"].items() if key != "annotations"}
    return {**application, "metadata": {**metadata, "labels": {WAVE_LABEL: str(wave)}}}


def application_set(
    argo: ArgoCd, name: str, wave: int, *, folder: str, units: Mapping[str, Manifest]
) -> Manifest:
    """Return the ApplicationSet that makes the Applications `units`, by the folders of their units.

    `folder` is that of the layer. A generator finds the folders; a list has the units without one,
    whose objects are in charts or in another repository.
    """
    top = f"{argo.path}/{folder}"
    waves = sorted({_wave(one) for one in units.values()}, key=int)
    rolling = {"type": "RollingSync", "rollingSync": {"steps": [_step(each) for each in waves]}}
    spec: Manifest = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": list(_generators(argo, top, units)),
        "strategy": rolling,
        **_templates(argo, top, units),
    }
    return argo_object(argo.namespace, "ApplicationSet", name, wave, spec)


def _generators(argo: ArgoCd, top: str, units: Mapping[str, Manifest]) -> Sequence[Manifest]:
    """Return a generator of folders, and a list of units without one."""
    paths = {each: f"{argo.path}/{each}" for each in units}
    read = [paths[each] for each, one in units.items() if _reads(one, argo, paths[each])]
    # A folder exists for what is below it too.
    found = {
        each for each in paths.values() if any(f"{one}/".startswith(f"{each}/") for one in read)
    }
    listed = sorted(set(paths.values()) - found)
    made: list[Manifest] = []
    if found:
        nested = any(each.count("/") > top.count("/") + 1 for each in found)
        patterns = [f"{top}/*", *([f"{top}/*/{CONFIG}"] if nested else [])]
        git = {"repoURL": argo.repository.url, "revision": argo.repository.branch}
        made.append({"git": {**git, "directories": [{"path": each} for each in patterns]}})
    if listed:
        # The same parameters that a folder gives.
        elements = [{"path": {"path": each, "segments": each.split("/")}} for each in listed]
        made.append({"list": {"elements": elements}})
    return made


def _reads(application: Manifest, argo: ArgoCd, path: str) -> bool:
    """Return True if an Application applies a folder of the output."""
    spec = application["spec"]
    sources = spec.get("sources") or [spec["source"]]
    return any(
        each["repoURL"] == argo.repository.url and each.get("path") == path for each in sources
    )


def _templates(argo: ArgoCd, top: str, units: Mapping[str, Manifest]) -> Manifest:
    """Return the template of an Application, with what differs in tables and in a patch."""
    called = f'(slice .path.segments {top.count("/") + 1} | join "-")'
    names = {each: _unprefixed(argo, one) for each, one in units.items()}
    common = _common(argo, next(iter(units.values())))
    patches: dict[str, Manifest] = {}
    for each, one in units.items():
        own = {
            "metadata": {**common["metadata"], **_named(one)},
            "spec": {
                **common["spec"],
                "source": {**common["spec"]["source"], "path": f"{argo.path}/{each}"},
                "destination": one["spec"]["destination"],
            },
        }
        if patch := _difference(own, {"metadata": one["metadata"], "spec": one["spec"]}):
            patches[names[each]] = patch
    waves = {names[each]: _wave(one) for each, one in units.items()}
    spaces = {names[each]: one["spec"]["destination"]["namespace"] for each, one in units.items()}
    metadata = {
        "name": f"{argo.prefix}{{{{ {called[1:-1]} }}}}",
        "labels": {WAVE_LABEL: _looked_up(waves, called)},
        **common["metadata"],
    }
    spec = {
        **common["spec"],
        "source": {**common["spec"]["source"], "path": "{{ .path.path }}"},
        "destination": {"server": argo.server, "namespace": _looked_up(spaces, called)},
    }
    made: Manifest = {"template": {"metadata": metadata, "spec": spec}}
    return {**made, "templatePatch": _patch_text(patches, called)} if patches else made


def _common(argo: ArgoCd, one: Manifest) -> Manifest:
    """Return the parts that an Application of a folder has in common with others."""
    spec = {key: one["spec"][key] for key in ("project", "syncPolicy")}
    automated = {**spec["syncPolicy"]["automated"], "prune": True}
    source = {"repoURL": argo.repository.url, "path": "", "targetRevision": argo.repository.branch}
    return {
        "metadata": {"finalizers": [FINALIZER]},
        "spec": {
            "project": spec["project"],
            "source": source,
            "destination": {},
            "syncPolicy": {**spec["syncPolicy"], "automated": automated},
        },
    }


def _unprefixed(argo: ArgoCd, application: Manifest) -> str:
    return str(application["metadata"]["name"]).removeprefix(argo.prefix)


def _named(application: Manifest) -> Manifest:
    metadata = application["metadata"]
    return {key: metadata[key] for key in ("name", "namespace", "labels")}


def _wave(application: Manifest) -> str:
    return str(mapping(application["metadata"]["labels"])[WAVE_LABEL])


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> Manifest:
    """Return the merge patch that makes the other of one."""
    made: Manifest = {key: None for key in one if key not in other}
    for key, value in other.items():
        before = one.get(key)
        if is_mapping(before) and is_mapping(value):
            if below := _difference(before, value):
                made[key] = below
        elif key not in one or before != value:
            made[key] = value
    return made


def _patch_text(patches: Mapping[str, Manifest], called: str) -> str:
    """Return the template of a patch: that of each Application by its name, as YAML."""
    text = f"{{{{- $name := {called[1:-1]} }}}}\n"
    for number, (name, patch) in enumerate(sorted(patches.items())):
        branch = "else if" if number else "if"
        # Braces of values are not actions of this template.
        body = dump(patch).replace(_OPEN, f'{_OPEN} "{_OPEN}" }}}}')
        text += f'{{{{- {branch} eq $name "{name}" }}}}\n{body}'
    return f"{text}{{{{- end }}}}\n"


def _looked_up(values: Mapping[str, str], called: str) -> str:
    """Return the text that all have, or a template that looks it up by the name."""
    found = set(values.values())
    if len(found) == 1:
        return next(iter(found))
    table = " ".join(f'"{name}" "{value}"' for name, value in sorted(values.items()))
    return f"{{{{ get (dict {table}) {called} }}}}"


def _step(wave: str) -> Manifest:
    return {"matchExpressions": [{"key": WAVE_LABEL, "operator": "In", "values": [wave]}]}
