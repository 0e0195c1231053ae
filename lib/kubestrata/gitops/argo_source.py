"""Sources and destinations of Applications: what is in this repository, and on which cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.closure import list_of
from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.merge_patch import merge_patch
from kubestrata.rules.argo_setting import TYPE_LABEL

TYPES = ("plugin", "helm", "kustomize", "directory")
"""The types of a source that an Application can set, in the order in which Argo CD looks."""
_SCHEME = re.compile(r"^[a-z+]+://", re.IGNORECASE)
_USER = re.compile(r"^[^@/]*@")
_PORT = re.compile(r"^([^/:]+):(?:\d+/)?")
_ORIGIN = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
_UNKNOWN = re.compile(r"\{\{|\$|<|^$")
_HOME_SERVER, _HOME_NAME = "https://kubernetes.default.svc", "in-cluster"


class ApplicationSource(Frozen):
    """One source of an Application; `at` is its path there."""

    at: str
    value: dict[str, Any]

    @property
    def path(self) -> str:
        """Return its folder, '' if it has none."""
        return str(self.value.get("path") or "")

    @property
    def url(self) -> str:
        """Return its repository, '' if that is unknown."""
        return repository(self.value.get("repoURL"))


def sources_of(spec: Mapping[str, Any]) -> list[ApplicationSource]:
    """Return the sources of an Application; `source` does not count beside `sources`."""
    several = sequence(spec.get("sources"))
    if several:
        return [
            ApplicationSource(f"spec.sources[{i}]", mapping(each)) for i, each in enumerate(several)
        ]
    if hydrated := mapping(mapping(spec.get("sourceHydrator")).get("drySource")):
        return [ApplicationSource("spec.sourceHydrator.drySource", hydrated)]
    one = mapping(spec.get("source"))
    return [ApplicationSource("spec.source", one)] if one else []


def applied_type(disk: Disk, source: Mapping[str, Any], folder: str | None) -> str:
    """Return the type of a source: the one that is set, else `helm` for a folder with a chart."""
    kind = next((each for each in TYPES if source.get(each)), "")
    if kind or folder is None or list_of(disk, folder) is not None:
        return kind
    return "helm" if disk.is_file(join(folder, "Chart.yaml")) else ""


def overridden(
    disk: Disk, application: str, source: Mapping[str, Any], folder: str
) -> tuple[dict[str, Any], list[str]]:
    """Return a source with what files in its folder override, and those that cannot be read."""
    made, unread = dict(source), list[str]()
    for name in (".argocd-source.yaml", f".argocd-source-{application}.yaml"):
        path = join(folder, name)
        if not disk.is_file(path):
            continue
        try:
            values: list[Any] = load_all(disk.text(path), path)
        except (OSError, YamlSyntaxError):
            unread.append(path)
            continue
        found = mapping(values[0]) if values else {}
        made |= {key: merge_patch(made.get(key), found[key]) for key in TYPES if key in found}
    return made, unread


def is_unknown(text: object) -> bool:
    """Return True if a text is filled in elsewhere: by a template, a variable or a script."""
    return _UNKNOWN.search(str(text or "")) is not None


def known_folder(path: str) -> str:
    """Return the part of a path before what is filled in elsewhere, up to a whole folder."""
    found = _UNKNOWN.search(path)
    return join("", (path[: found.start()] if found else path).rpartition("/")[0].lstrip("/"))


def repository(url: object) -> str:
    """Return `host/owner/name` of a repository, as all spellings of its URL; '' if unknown."""
    if is_unknown(url):
        return ""
    text = _SCHEME.sub("", str(url).strip())
    text = _PORT.sub(r"\1/", _USER.sub("", text))
    return text.rstrip("/").removesuffix(".git").rstrip("/").lower()


def own_repository(disk: Disk, candidates: Iterable[tuple[str, bool]]) -> str:
    """Return the URL of the repository that is read, '' if no candidate is likely.

    `candidates` are the repositories of the first Applications, each with True if its folder is
    here. The one that git cloned is preferred, then one with the name of the folder.
    """
    votes: dict[str, list[int]] = {}
    for url, here in candidates:
        votes.setdefault(url, [0, 0])[0 if here else 1] += 1
    cloned = _origins(disk)
    name = disk.root.name.lower()

    def rank(url: str) -> tuple[bool, bool, int, int]:
        here, elsewhere = votes[url]
        return url in cloned, url.rpartition("/")[2] == name, here, -elsewhere

    known = [url for url, (here, _) in votes.items() if url and here]
    return max(known, key=rank, default="")


def _origins(disk: Disk) -> set[str]:
    """Return the repositories that git cloned this one from."""
    try:
        text = disk.text(".git/config")
    except OSError:
        return set()
    return {repository(found[1]) for found in _ORIGIN.finditer(text)}


class Destinations:
    """The clusters that Argo CD knows, by the names that people gave them."""

    def __init__(self, secrets: Iterable[Mapping[str, Any]]) -> None:
        self._names: dict[str, str] = {}
        for server, name in map(_cluster, secrets):
            if server and name:
                self._names[server] = name
        self._home = {"", _HOME_NAME, _HOME_SERVER, self._names.get(_HOME_SERVER, "")}

    def name_of(self, spec: Mapping[str, Any]) -> str:
        """Return the name of an Application's cluster, '' for the one where Argo CD runs."""
        destination = mapping(spec.get("destination"))
        name = str(destination.get("name") or "")
        server = str(destination.get("server") or "").rstrip("/")
        name = name or self._names.get(server, "")
        if name in self._home and server in self._home:
            return ""
        return name or _host(server)


def _cluster(secret: Mapping[str, Any]) -> tuple[str, str]:
    values = mapping(secret.get("stringData"))
    return str(values.get("server") or "").rstrip("/"), str(values.get("name") or "")


def _host(server: str) -> str:
    try:
        return urlsplit(server).hostname or server
    except ValueError:
        return server


def is_cluster(manifest: Mapping[str, Any]) -> bool:
    """Return True if an object is a Secret that declares a cluster for Argo CD."""
    labels = mapping(mapping(manifest.get("metadata")).get("labels"))
    return manifest.get("kind") == "Secret" and labels.get(TYPE_LABEL) == "cluster"


def git_generators(generators: object) -> Iterator[dict[str, Any]]:
    """Yield the git generators of an ApplicationSet, those in others too."""
    for each in map(mapping, sequence(generators)):
        if each.get("git"):
            yield mapping(each["git"])
        for outer in ("matrix", "merge"):
            yield from git_generators(mapping(each.get(outer)).get("generators"))
