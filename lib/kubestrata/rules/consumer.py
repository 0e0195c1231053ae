"""The programs that read configurations, and the names that these must define.

A program is known by the fields of its configuration. Names in Secrets are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.configuration import Configuration
from kubestrata.rules.configuration_field import field_problems
from kubestrata.rules.violation import Severity


class ConfigurationFault(Frozen):
    """A problem at a field of a configuration; `name` may be a secret."""

    at: str
    message: str
    name: str = ""
    fix: str = ""
    severity: Severity | None = None

    def shown_in(self, configuration: Configuration) -> str:
        """Return the problem, without the name if it is in a Secret."""
        name = f" {self.name}" if self.name and not configuration.is_secret else ""
        message = self.message if name else self.message.removesuffix(":")
        return f"{self.at}: {message}{name}"


def consumer_faults(
    configuration: Configuration, beside: Sequence[Configuration] = ()
) -> Iterator[ConfigurationFault]:
    """Yield the problems for which the program would refuse its configuration.

    `beside` are the configurations of the namespace, over which one may be split.
    """
    content = mapping(configuration.content)
    if _is_alertmanager(content):
        yield from _alertmanager(content)
        yield from _fields("alertmanager", content)
    elif configuration.is_template:
        return
    elif sequence(mapping(content.get("schema_config")).get("configs")):
        yield from _fields("loki", content)
    elif {"sources", "sinks"} <= content.keys():
        yield from _vector(content, configuration, beside)
    elif content.get("apiVersion") == 1 and "datasources" in content:
        yield from _datasources(content)


def _fields(program: str, content: Mapping[str, Any]) -> Iterator[ConfigurationFault]:
    """Yield fields that no known version has; a later one may have them."""
    for each in field_problems(program, content):
        at = each.at or "top level"
        message = f"{each.message} of {program.title()}:"
        if each.message.startswith("must"):
            at, message = f"{each.at}.{each.name}".lstrip("."), each.message
            yield ConfigurationFault(at, message, severity=Severity.WARNING)
        else:
            yield ConfigurationFault(at, message, each.name, each.fix, Severity.WARNING)


def _is_alertmanager(content: Mapping[str, Any]) -> bool:
    """Return True for its configuration; other programs have routes and receivers too."""
    if not {"route", "receivers"} <= content.keys():
        return False
    receivers = map(mapping, sequence(content.get("receivers")))
    has_kinds = any(key.endswith("_configs") for each in receivers for key in each)
    return has_kinds or "receiver" in mapping(content.get("route"))


def _alertmanager(content: Mapping[str, Any]) -> Iterator[ConfigurationFault]:
    names = [str(mapping(each).get("name")) for each in sequence(content.get("receivers"))]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield ConfigurationFault(f"receivers[{number}].name", "is declared twice:", name)
    intervals = {
        str(mapping(each).get("name"))
        for field in ("mute_time_intervals", "time_intervals")
        for each in sequence(content.get(field))
    }
    root = mapping(content.get("route"))
    if not root.get("receiver"):
        yield ConfigurationFault("route.receiver", "is missing: the first route needs one")
    for at in ("match", "match_re", "matchers", "continue"):
        if root.get(at):
            yield ConfigurationFault(f"route.{at}", "the first route matches every alert")
    yield from _route(root, "route", set(names), intervals)


def _route(
    route: Mapping[str, Any], at: str, receivers: set[str], intervals: set[str]
) -> Iterator[ConfigurationFault]:
    receiver = route.get("receiver")
    if receiver is not None and str(receiver) not in receivers:
        yield ConfigurationFault(f"{at}.receiver", "no receiver is named", str(receiver))
    for field in ("mute_time_intervals", "active_time_intervals"):
        for number, name in enumerate(map(str, sequence(route.get(field)))):
            if name not in intervals:
                yield ConfigurationFault(f"{at}.{field}[{number}]", "no interval is named", name)
    for number, each in enumerate(sequence(route.get("routes"))):
        yield from _route(mapping(each), f"{at}.routes[{number}]", receivers, intervals)


def _vector(
    content: Mapping[str, Any], own: Configuration, beside: Sequence[Configuration]
) -> Iterator[ConfigurationFault]:
    parts = {field: mapping(content.get(field)) for field in ("sources", "transforms", "sinks")}
    # Vector reads all files of a folder as one configuration.
    others = [each for each in beside if each is not own]
    if any(each.content is None and each.subject is own.subject for each in others):
        return
    outputs = [
        name
        for each in (content, *(mapping(other.content) for other in others))
        if _is_part_of_vector(each)
        for field in ("sources", "transforms")
        for name in mapping(each.get(field))
    ]
    for field in ("transforms", "sinks"):
        for name, body in parts[field].items():
            for number, given in enumerate(map(str, _inputs(mapping(body)))):
                if not _is_output(given, outputs):
                    at = f"{field}.{name}.inputs[{number}]"
                    yield ConfigurationFault(at, "no source or transform is named", given)


def _is_part_of_vector(content: Mapping[str, Any]) -> bool:
    """Return True for a configuration of Vector, and for a file with a part of one."""
    parts = [mapping(content.get(field)) for field in ("sources", "transforms", "sinks")]
    bodies = [mapping(body) for part in parts for body in part.values()]
    return bool(bodies) and all(body.get("type") for body in bodies)


def _inputs(body: Mapping[str, Any]) -> Sequence[Any]:
    given = body.get("inputs")
    return [given] if isinstance(given, str) else sequence(given)


def _is_output(given: str, outputs: Sequence[str]) -> bool:
    """Return True for `parse`, a port of it (`parse.dropped`), or a pattern (`parse*`)."""
    if given.endswith("*"):
        return any(each.startswith(given[:-1]) for each in outputs)
    return any(given == each or given.startswith(f"{each}.") for each in outputs)


def _datasources(content: Mapping[str, Any]) -> Iterator[ConfigurationFault]:
    seen: dict[tuple[str, str], int] = {}
    defaults: dict[str, int] = {}
    for number, each in enumerate(map(mapping, sequence(content["datasources"]))):
        organisation = str(each.get("orgId", 1))
        for field in ("name", "type"):
            if not each.get(field):
                yield ConfigurationFault(f"datasources[{number}].{field}", "is missing")
        for field in ("name", "uid"):
            if value := each.get(field):
                first = seen.setdefault((field, f"{organisation} {value}"), number)
                if first != number:
                    at = f"datasources[{number}].{field}"
                    yield ConfigurationFault(at, f"datasources[{first}] has it too:", str(value))
        if each.get("isDefault") is True:
            first = defaults.setdefault(organisation, number)
            if first != number:
                at = f"datasources[{number}].isDefault"
                yield ConfigurationFault(at, f"datasources[{first}] is the default already")
