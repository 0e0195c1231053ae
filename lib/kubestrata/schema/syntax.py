"""The syntaxes of names and other texts in built-in kinds, by the names that messages use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_interface
from typing import TypeAlias

import cel

from kubestrata.core.value.cron import cron_problem
from kubestrata.core.value.time_zone import time_zone_problem
from kubestrata.schema.cel_cost import refused
from kubestrata.schema.fault import shown
from kubestrata.schema.format import is_cidr, is_ip

Problem: TypeAlias = Callable[[object], str]
"""Returns what a value must be, '' if it is valid. Values of other types are left to the schema."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"
_LOWER = "lower-case letters, digits and '-', beginning and ending with a letter or digit"
_ANY_CASE = "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
_PORTS = "must be 1 to 65535"
_INT32 = 2**31


def _text(check: Callable[[str], str]) -> Problem:
    return lambda value: check(value) if isinstance(value, str) else ""


def _like(pattern: str, rules: str, longest: int = 0) -> Problem:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if longest and len(text) > longest:
            return f"has {len(text)} characters; {longest} are allowed"
        return "" if compiled.fullmatch(text) else f"must be {rules}"

    return _text(check)


def _one_of(*names: str, patterns: str = "") -> Problem:
    compiled = re.compile("|".join([*map(re.escape, names), patterns] if patterns else names))
    listed = ", ".join(names)
    return _text(lambda text: "" if compiled.fullmatch(text) else f"must be one of {listed}")


dns_label = _like(_LABEL, _LOWER, 63)
dns_subdomain = _like(rf"{_LABEL}(\.{_LABEL})*", f"{_LOWER}, in parts joined by '.'", 253)
label_value = _like(rf"({_NAME})?", _ANY_CASE, 63)
_simple_name = _like(_NAME, _ANY_CASE, 63)
_letter_first = _like(
    r"[a-z]([-a-z0-9]*[a-z0-9])?", "lower-case letters, digits and '-', a letter first", 63
)


def _qualified(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    why = dns_subdomain(prefix) if slash else ""
    return f"the part before '/' {why}" if why else _simple_name(name)


qualified_name = _text(_qualified)
annotation_key = _text(lambda text: _qualified(text.lower()))
port_name = _like(
    r"(?=.{1,15}\Z)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "up to 15 lower-case letters, digits and single '-', with a letter",
)


def port(value: object) -> str:
    """Return why a value is neither the number nor the name of a port."""
    if isinstance(value, int) and not isinstance(value, bool):
        return "" if 1 <= value <= 65535 else _PORTS
    return port_name(value)


def _target_port(value: object) -> str:
    return "" if value == 0 else port(value)


def _amount(value: object, highest: int | None = None) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "" if 0 <= value < _INT32 else "must be at least 0 and less than 2^31"
    if not isinstance(value, str):
        return ""
    if not re.fullmatch(r"[0-9]+%", value):
        return "must be a number, or digits and '%'"
    over = highest is not None and int(value[:-1]) > highest
    return f"must be at most {highest}%" if over else ""


def _path_segment(text: str) -> str:
    bad = text in (".", "..") or "/" in text or "%" in text
    return "must have no '/' and no '%', and be neither '.' nor '..'" if bad else ""


def _no_backsteps(text: str) -> str:
    return "must not contain '..'" if ".." in text.split("/") else ""


def _relative(text: str) -> str:
    return "must not begin with '/'" if text.startswith("/") else _no_backsteps(text)


def _local(text: str) -> str:
    return "must not begin with '..'" if text.startswith("..") else _relative(text)


def _absolute(text: str) -> str:
    return "" if text.startswith("/") else "must begin with '/'"


def _route(text: str) -> str:
    inner = next((each for each in ("//", "/./", "/../", "%2f", "%2F") if each in text), "")
    if inner:
        return f"must not contain {inner!r}"
    return "must not end with '/.' or '/..'" if text.endswith(("/.", "/..")) else _absolute(text)


def _webhook_path(text: str) -> str:
    steps = text.removeprefix("/").removesuffix("/").split("/")
    if text == "/" or (not _absolute(text) and not any(map(_wrong_step, steps))):
        return ""
    return f"must be '/' and steps of {_LOWER}"


def _wrong_step(step: str) -> bool:
    return not step or bool(dns_subdomain(step))


def _webhook_url(text: str) -> str:
    good = re.fullmatch(r"https://[^/?#@\s]+(/[^?#\s]*)?", text)
    return "" if good else "must be https:// and a host, without user, query and fragment"


def _domain_path(text: str) -> str:
    domain, _, path = text.partition("/")
    if not path:
        return "must be a domain, '/' and a path"
    why = dns_subdomain(domain)
    good = re.fullmatch(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+", path)
    return f"the part before '/' {why}" if why else "" if good else "has an invalid path"


def _three_parts(text: str) -> str:
    return dns_subdomain(text) or ("" if text.count(".") >= 2 else "must have three parts")


def _search_path(text: str) -> str:
    under = _LABEL.replace("a-z0-9]", "a-z0-9_]")
    good = text == "." or re.fullmatch(rf"{under}(\.{under})*\.?", text)
    return "" if good else f"must be {_LOWER}, in parts joined by '.'"


def _host(text: str) -> str:
    if is_ip(text):
        return "must be a name, not an IP address"
    return _host_or_wildcard(text)


def _host_or_wildcard(text: str) -> str:
    return dns_subdomain(text.removeprefix("*."))


def _ip(text: str) -> str:
    return "" if is_ip(text) else "must be an IPv4 or IPv6 address"


def _public_ip(text: str) -> str:
    if not is_ip(text):
        return _ip(text)
    found = ip_address(text)
    special = found.is_unspecified or found.is_loopback or found.is_link_local
    return "must not be a loopback, link-local or unspecified address" if special else ""


def _cidr(text: str) -> str:
    return "" if is_cidr(text.strip()) else "must be an IP address, '/' and a length"


def _cluster_ip(text: str) -> str:
    return "" if text == "None" or is_ip(text) else "must be an IP address, or None"


def is_inside(part: object, whole: object) -> bool:
    """Return True if a CIDR is a part of another; texts that are none are left to their syntax."""
    if not (isinstance(part, str) and isinstance(whole, str) and is_cidr(part) and is_cidr(whole)):
        return True
    inner, outer = ip_interface(part).network, ip_interface(whole).network
    if inner.version != outer.version:
        return False
    return inner.prefixlen > outer.prefixlen and inner.network_address in outer


def _resource(text: str, simple: frozenset[str]) -> str:
    if "/" in text:
        return _qualified(text)
    if text in simple or text.removeprefix("requests.").startswith("hugepages-"):
        return ""
    return f"must be {', '.join(sorted(simple))}, or have a domain and '/'"


_UNSUPPORTED_CEL = (".?", "[?", "optional", "cel.bind", "transform")
_COMPUTE = frozenset({"cpu", "ephemeral-storage", "memory"})
_COUNTED = (
    "configmaps persistentvolumeclaims pods replicationcontrollers requests.storage "
    "resourcequotas secrets services services.loadbalancers services.nodeports storage"
)
_QUOTA = frozenset(
    {*_COMPUTE, *_COUNTED.split()}
    | {f"{when}.{each}" for when in ("limits", "requests") for each in _COMPUTE}
)


def _container_resource(text: str) -> str:
    domain = text.partition("/")[0] if "/" in text else ""
    if domain.startswith("requests."):
        return "must not begin with 'requests.'"
    return _resource(text, _COMPUTE)


def _pod_resource(text: str) -> str:
    known = text in ("cpu", "memory") or text.startswith("hugepages-")
    return "" if known else "must be cpu, memory or hugepages-"


def _condition(text: str) -> str:
    if refused(text) or any(each in text for each in _UNSUPPORTED_CEL):
        return ""
    try:
        cel.compile(text)
    except ValueError:
        return "must be CEL"
    bare = text.isidentifier() and text not in ("false", "true")
    return "must be true or false" if bare else ""


def _limit_type(text: str) -> str:
    if text in ("Container", "PersistentVolumeClaim", "Pod") or "/" in text:
        return _qualified(text)
    return "must be Container, PersistentVolumeClaim or Pod"


def _core_finalizer(text: str) -> str:
    why = _qualified(text)
    known = "/" in text or text in ("foregroundDeletion", "kubernetes", "orphan")
    return why or ("" if known else "must have a domain and '/'")


def _csi_driver(text: str) -> str:
    if len(text) > 63:
        return f"has {len(text)} characters; 63 are allowed"
    return dns_subdomain(text.lower())


_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid")
_SUBSCRIPT = r"metadata\.(annotations|labels)\['[^']+'\]"
_HUGE = r"(limits|requests)\.hugepages-.+"
_RESOURCES = tuple(f"{when}.{each}" for when in ("limits", "requests") for each in sorted(_COMPUTE))
_POD_FIELDS = (
    *_FIELDS, "spec.host", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
_ISCSI = r"iqn\.\d{4}-\d{2}\.[\w.-]+(:[^,;*&$|\s]+)?|eui\.\w{16}|naa\.\w{32}"

SYNTAXES: Mapping[str, Problem] = {
    "CIDR": _text(_cidr),
    "CSI driver": _text(_csi_driver),
    "DNS label": dns_label,
    "DNS label that begins with a letter": _letter_first,
    "DNS name": _text(lambda text: dns_subdomain(text.removesuffix("."))),
    "DNS search path": _text(_search_path),
    "DNS subdomain": dns_subdomain,
    "HTTP header name": _like(r"[-A-Za-z0-9]+", "letters, digits and '-'"),
    "IP address": _text(_ip),
    "URL of a webhook": _text(_webhook_url),
    "absolute path": _text(_absolute),
    "annotation key": annotation_key,
    "cluster IP": _text(_cluster_ip),
    "container resource": _text(_container_resource),
    "core finalizer": _text(_core_finalizer),
    "condition in CEL": _text(_condition),
    "data key": _like(
        r"(?!\.{1,2}\Z|\.\.)[-._a-zA-Z0-9]+", "letters, digits, '-', '_' and '.'", 253
    ),
    "domain name": _like(rf"{_LABEL}(\.{_LABEL})+", f"{_LOWER}, in parts joined by '.'", 253),
    "domain-prefixed path": _text(_domain_path),
    "environment variable": _like(r"[ -<>-~]+", "printable ASCII characters without '='"),
    "field of a pod": _one_of(*_POD_FIELDS, patterns=_SUBSCRIPT),
    "field of a pod in a volume": _one_of(
        *_FIELDS, "metadata.annotations", "metadata.labels", patterns=_SUBSCRIPT
    ),
    "host": _text(_host),
    "host or its wildcard": _text(_host_or_wildcard),
    "iSCSI name": _like(_ISCSI, "an iqn, eui or naa name"),
    "kind": _like(r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?", "letters, digits and '-'", 63),
    "label key": qualified_name,
    "label value": label_value,
    "limit type": _text(_limit_type),
    "local path": _text(_local),
    "name of three parts": _text(_three_parts),
    "number or percentage": _amount,
    "number or percentage up to 100%": lambda value: _amount(value, 100),
    "path of a route": _text(_route),
    "path of a webhook": _text(_webhook_path),
    "path segment": _text(_path_segment),
    "path without '..'": _text(_no_backsteps),
    "plain environment variable": _like(
        r"[-._a-zA-Z][-._a-zA-Z0-9]*", "letters, digits, '-', '_' and '.', no digit first"
    ),
    "pod resource": _text(_pod_resource),
    "port": port,
    "port name": port_name,
    "public IP address": _text(_public_ip),
    "qualified name": qualified_name,
    "quota resource": _text(lambda text: _resource(text, _QUOTA)),
    "relative path": _text(_relative),
    "resource of a container": _one_of(*_RESOURCES, patterns=_HUGE),
    "schedule": _text(cron_problem),
    "sysctl": _like(
        r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?",
        "lower-case letters, digits, '-' and '_', in parts joined by '.' or '/'",
        253,
    ),
    "target port": _target_port,
    "time zone": _text(time_zone_problem),
}


@lru_cache(maxsize=10_000)
def _cached_problem(name: str, text: str) -> str:
    why = SYNTAXES[name](text)
    return f"{shown(text)} is not a valid {name}: {why}" if why else ""


def syntax_problem(name: str, value: object) -> str:
    """Return the message for a text that does not follow a syntax; '' if it does, or is empty."""
    return _cached_problem(name, value) if isinstance(value, str) and value else ""
