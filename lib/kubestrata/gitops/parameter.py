"""Parameters of an ApplicationSet: what its generators give for each Application."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import is_list, is_mapping, mapping, sequence
from kubestrata.core.yaml_read import load_all
from kubestrata.gitops.argo_source import repository
from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Repository
from kubestrata.gitops.glob import matches_folder, matches_pathspec
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.evaluation import evaluated
from kubestrata.gitops.template.limit import Budget
from kubestrata.gitops.template.simple import filled
from kubestrata.gitops.template.text_function import normalize
from kubestrata.gitops.template.value import from_json, shown
from kubestrata.rules.selector import selects
from kubestrata.rules.subject import Listed, Subject

Parameters: TypeAlias = dict[str, Any]
_KNOWN = ("list", "git", "matrix", "merge")
_PROBLEMS: dict[str, Literal["no folder", "no file"]] = {
    "directories": "no folder",
    "files": "no file",
}
MOST = 5_000
"""A limit on the Applications of one set."""


class Template(Frozen):
    """The way in which an ApplicationSet fills in its texts."""

    go: bool
    strict: bool = False
    budget: Budget = msgspec.field(default_factory=Budget)

    def text(self, text: str, parameters: Parameters) -> str:
        """Return a text with the parameters."""
        if self.go:
            return evaluated(text, parameters, strict=self.strict, budget=self.budget)
        return filled(text, parameters)

    def value(self, value: Any, parameters: Parameters) -> Any:
        """Return a value with the parameters in all of its texts and keys."""
        if isinstance(value, str):
            return self.text(value, parameters)
        if is_mapping(value):
            return {
                self.text(key, parameters): self.value(part, parameters)
                for key, part in value.items()
            }
        return [self.value(part, parameters) for part in value] if is_list(value) else value


@dataclass
class Generators:
    """The generators of one ApplicationSet; `own` is the repository that is read, '' if unknown.

    `read` are the files with parameters, `listed` the patterns that match nothing, `excluded` the
    folders that are left out.
    """

    disk: Repository
    subject: Subject
    own: str
    template: Template
    read: set[str] = field(default_factory=set[str])
    listed: list[Listed] = field(default_factory=list[Listed])
    excluded: set[str] = field(default_factory=set[str])

    def parameters(
        self, generator: dict[str, Any], at: str, outer: Parameters | None = None
    ) -> list[Parameters]:
        """Return the parameters of a generator; `outer` are those of the one that it is nested in.

        Raises NotEvaluatedError for what only the cluster knows, and TemplateError.
        """
        kinds = [each for each in generator if each != "selector" and generator[each] is not None]
        other = next((each for each in kinds if each not in _KNOWN), None)
        if other is not None:
            raise NotEvaluatedError(f"the generator {other} is known only in the cluster")
        if len(kinds) != 1:
            raise TemplateError(f"{at} must have one generator, not {len(kinds)}")
        value, at = mapping(generator[kinds[0]]), f"{at}.{kinds[0]}"
        if outer:
            value = self._interpolated(value, outer)
        found = {
            "list": self._list,
            "git": self._git,
            "matrix": self._matrix,
            "merge": self._merge,
        }[kinds[0]](value, at)
        if len(found) > MOST:
            raise NotEvaluatedError(f"it makes more than {MOST} Applications")
        selector = mapping(generator.get("selector"))
        return [each for each in found if selects(selector, _flat(each))] if selector else found

    def _interpolated(self, value: dict[str, Any], outer: Parameters) -> dict[str, Any]:
        """Return a generator with the parameters of another; its own values may wait."""
        made = {
            key: part if key in ("template", "values") else self.template.value(part, outer)
            for key, part in value.items()
        }
        if "values" in value:
            early = replace(self.template, strict=True)
            made["values"] = {
                key: _now_or_later(early, str(part), outer)
                for key, part in mapping(value["values"]).items()
            }
        return made

    def _list(self, value: dict[str, Any], at: str) -> list[Parameters]:
        elements = [mapping(each) for each in sequence(value.get("elements"))]
        if text := value.get("elementsYaml"):
            elements += self._parsed(str(text), f"{at}.elementsYaml")
        if self.template.go:
            return [from_json(each) for each in elements]
        return [dict(self._texts(each, f"{at}.elements[{i}]")) for i, each in enumerate(elements)]

    def _texts(self, element: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
        for key, value in element.items():
            pairs = {f"values.{k}": v for k, v in mapping(value).items()}
            for name, part in pairs.items() if key == "values" else [(key, value)]:
                if not isinstance(part, str):
                    raise TemplateError(f"{at}.{name} must be text: quote it, or use goTemplate")
                yield name, part

    def _parsed(self, text: str, where: str) -> list[Parameters]:
        try:
            values = load_all(text, where)
        except YamlSyntaxError as error:
            raise TemplateError(f"{error.where}: {error.what}: {error.why}") from None
        first: Any = values[0] if values else {}
        found = first if is_list(first) else [first]
        if not all(map(is_mapping, found)):
            raise TemplateError(f"{where} must have keys and values, or a list of such")
        return found

    def _git(self, value: dict[str, Any], at: str) -> list[Parameters]:
        url = repository(value.get("repoURL"))
        if self.own and url and url != self.own:
            raise NotEvaluatedError(f"it reads {url}, which is another repository")
        kind = "directories" if sequence(value.get("directories")) else "files"
        entries = [mapping(each) for each in sequence(value.get(kind))]
        find = self._folders if kind == "directories" else self._files
        found: set[str] = set()
        empty: list[Listed] = []
        out = {path for one in entries if one.get("exclude") for path in find(one)}
        self.excluded |= set(map(self.disk.here, out))
        for index, entry in enumerate(entries):
            if entry.get("exclude"):
                continue
            here = find(entry)
            found |= here
            if not here:
                where = f"{at}.{kind}[{index}].path"
                pattern, by = join("", str(entry.get("path"))), self.subject
                problem = _PROBLEMS[kind]
                empty.append(Listed(by.identity, by.place, where, pattern, problem))
        if found or (self.own and url == self.own):
            # A match shows that the generator reads this repository.
            self.listed += [each for each in empty if each not in self.listed]
        elif empty:
            raise NotEvaluatedError(f"it reads {url or 'a repository'}, of which nothing is here")
        made: list[Parameters] = []
        for path in sorted(found - out):
            contents = [Parameters()] if kind == "directories" else self._contents(path)
            made += [self._with_path(value, path, kind, each) for each in contents]
        return made

    def _folders(self, entry: dict[str, Any]) -> set[str]:
        pattern = join("", str(entry.get("path")).lstrip("/"))
        return self.disk.matching(pattern, self.disk.contents[0], matches_folder)

    def _files(self, entry: dict[str, Any]) -> set[str]:
        pattern = join("", str(entry.get("path")).lstrip("/"))
        return self.disk.matching(pattern, self.disk.contents[1], matches_pathspec)

    def _contents(self, path: str) -> list[Parameters]:
        here = self.disk.here(path)
        self.read.add(here)
        try:
            text = self.disk.text(here)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise NotEvaluatedError(f"{path} cannot be read: {why}") from None
        return self._parsed(text, path)

    def _with_path(
        self, value: dict[str, Any], path: str, kind: str, content: Parameters
    ) -> Parameters:
        folder = path if kind == "directories" else path.rpartition("/")[0] or "."
        name, file = folder.rpartition("/")[2], path.rpartition("/")[2]
        about = {"path": folder, "basename": name, "basenameNormalized": normalize(name)}
        if kind == "files":
            about |= {"filename": file, "filenameNormalized": normalize(file)}
        prefix = str(value.get("pathParamPrefix") or "")
        made: Parameters
        if self.template.go:
            about_path: Parameters = {**about, "segments": folder.split("/")}
            made = {**from_json(content), **_prefixed(prefix, about_path)}
        else:
            at = f"{prefix}.path".lstrip(".")
            made = _flat(content) | {at: folder}
            made |= {f"{at}.{key}": text for key, text in about.items() if key != "path"}
            made |= {f"{at}[{index}]": part for index, part in enumerate(folder.split("/"))}
        return made | self._values(value, made)

    def _values(self, value: dict[str, Any], made: Parameters) -> Parameters:
        texts = {
            key: self.template.text(str(text), made)
            for key, text in mapping(value.get("values")).items()
        }
        if not self.template.go:
            return {f"values.{key}": text for key, text in texts.items()}
        return {"values": texts} if texts else {}

    def _matrix(self, value: dict[str, Any], at: str) -> list[Parameters]:
        generators = self._nested(value, at, most=2)
        made: list[Parameters] = []
        for first in self.parameters(generators[0], f"{at}.generators[0]"):
            for second in self.parameters(generators[1], f"{at}.generators[1]", first):
                made.append(self._both(first, second, at))
                if len(made) > MOST:
                    raise NotEvaluatedError(f"it makes more than {MOST} Applications")
        return made

    def _both(self, first: Parameters, second: Parameters, at: str) -> Parameters:
        if self.template.go:
            return _merged(second, first)
        for key in first.keys() & second.keys():
            if first[key] != second[key]:
                raise TemplateError(f"both generators of {at} give {key}, and differ")
        return {**first, **second}

    def _merge(self, value: dict[str, Any], at: str) -> list[Parameters]:
        generators = self._nested(value, at)
        keys = [str(each) for each in sequence(value.get("mergeKeys"))]
        if not keys:
            raise TemplateError(f"{at}.mergeKeys is empty")
        first, *others = (
            _by_key(keys, self.parameters(each, f"{at}.generators[{index}]"), at)
            for index, each in enumerate(generators)
        )
        for other in others:
            for key in first.keys() & other.keys():
                if self.template.go:
                    first[key] = _merged(first[key], other[key])
                else:
                    first[key] = {**first[key], **other[key]}
        return list(first.values())

    def _nested(self, value: dict[str, Any], at: str, most: int = 100) -> list[dict[str, Any]]:
        generators = [mapping(each) for each in sequence(value.get("generators"))]
        if not 2 <= len(generators) <= most:
            wanted = "two" if most == 2 else "two or more"
            raise TemplateError(f"{at} must have {wanted} generators, not {len(generators)}")
        return generators


def _now_or_later(template: Template, text: str, parameters: Parameters) -> str:
    try:
        return template.text(text, parameters)
    except TemplateError:
        return text


def _prefixed(prefix: str, about: Parameters) -> Parameters:
    return {prefix: {"path": about}} if prefix else {"path": about}


def _flat(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the leaves of a value by their paths, joined by dots."""
    return {
        ".".join(path): shown(part, "<nil>") for path, part in _leaves((), from_json(dict(value)))
    }


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    parts: Iterable[tuple[Any, Any]] = ()
    if is_mapping(value):
        parts = value.items()
    elif is_list(value):
        parts = enumerate(value)
    if not path or (isinstance(value, dict | list) and value):
        for key, part in parts:
            yield from _leaves((*path, str(key)), part)
    else:
        yield path, value


def _merged(under: Parameters, over: Parameters) -> Parameters:
    """Return two parameter sets in one; values of `over` win, unless they are empty."""
    made = dict(under)
    for key, value in over.items():
        if is_mapping(value) and is_mapping(made.get(key)):
            made[key] = _merged(made[key], value)
        elif value or key not in made:
            made[key] = value
    return made


def _by_key(keys: list[str], found: list[Parameters], at: str) -> dict[str, Parameters]:
    made: dict[str, Parameters] = {}
    for each in found:
        key = json.dumps([each.get(name) for name in keys], sort_keys=True, default=str)
        if key in made:
            shown_key = ", ".join(f"{name} {shown(each.get(name))}" for name in keys)
            raise TemplateError(f"{at}.mergeKeys are not unique: {shown_key}")
        made[key] = each
    return made
