"""Schema of the knowledge files: one struct per sort of fact.

A kind is written `Kind.group`, as in `Certificate.cert-manager.io`; a kind of the core group is its
name alone. Where a field says so, `*` stands for every kind of a group (`*.cilium.io`) and a
group that begins with `*` for every group that ends so (`*.*.upbound.io`). A path is written
`spec.rules[].backendRefs[]`: `[]` for all items of a list, quotes around a key with dots, and
`**Ref` for every field below, at any depth, whose name ends in `Ref` in upper or lower case.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

_Name = Annotated[str, Meta(min_length=1)]
_Names = Annotated[tuple[_Name, ...], Meta(min_length=1)]


OutsideSort = Literal[
    "bucket",
    "cloud-resource",
    "dns-zone",
    "git-repository",
    "helm-repository",
    "host",
    "identity",
    "image",
    "nfs-export",
    "oci-artifact",
    "oidc-client",
    "oidc-issuer",
    "policy",
    "pushed-key",
    "resource-tag",
    "service-url",
    "store-key",
]
"""Kinds of things outside the cluster that its objects use."""


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of all facts: a field that the schema does not have is an error."""


class ChartFact(Fact, frozen=True):
    """A Helm chart that installs CRDs, or whose programs create what no template shows."""

    crds: tuple[_Name, ...] = ()
    """API groups of the CRDs."""
    crds_from: Literal["folder", "templates"] = "folder"
    """The chart's `crds/` folder, which a release may skip, or its templates."""
    switches: tuple[_Name, ...] = ()
    """Values of which one must be true; without any the chart always installs its CRDs."""
    repository: str = ""
    """`owner/name` on GitHub, if its folders and releases hold the same CRDs."""
    only_crds: bool = False
    """The chart has no controller."""
    same_version: bool = False
    """The chart and its CRDs are released under one version."""
    stems: tuple[_Name, ...] = ()
    """Beginnings of the names of its objects, beside the names of the release and of the chart."""
    runs_pods: bool = False
    """Its controllers run further pods in the namespace of the release."""
    secrets: tuple[_Name, ...] = ()
    """Secrets that its Jobs create; `{name}` is the name of the release."""
    gateway: str = ""
    """Name of the Gateway that the chart makes unless its value `gateway.name` differs."""


class Group(Fact, frozen=True):
    """An API group; `*.k8s.io` declares all groups with this ending that no file names."""

    builtin: bool = False
    """Every API server has it, without a CustomResourceDefinition."""
    inert: bool = False
    """Its controllers create no objects and run no pods, except for the kinds in `operands`."""
    bootstrap: Literal["", "always", "unless-delivered"] = ""
    """Its CRDs are in the cluster before the first delivery: in any case, or unless the tree
    itself installs them."""
    comes_with: tuple[_Name, ...] = ()
    """Groups, or endings of groups, of platforms that install its CRDs."""
    network: bool = False
    """Its controller is the network of the pods, which runs before anything is delivered."""
    foreign: bool = False
    """The bindings of this repository have no kind of it."""
    controllers: tuple[_Name, ...] = ()
    """Repositories of the images of its controllers, without their registry."""


class Kind(Fact, frozen=True):
    """A kind that differs from a namespaced one whose objects any chart may create."""

    namespaced: bool = True
    builtin: tuple[_Name, ...] = ()
    """Names of objects that every cluster has; a trailing `*` makes it a prefix."""
    charts: Literal["any", "named", "never"] = "any"
    """Names of objects that charts create: any, those that the release's values mention or that
    begin with the release's name, or none at all."""
    pod_spec: str = ""
    """Path of the PodSpec in a kind that runs pods."""
    platform: bool = False
    """A cluster may come with objects of this kind that no manifest declares."""
    admission: bool = False
    """Its objects accept or reject others on admission."""
    network_policy: bool = False
    """Its objects allow or deny the traffic of pods."""
    pod_selector: str = ""
    """Path of the field of a network policy that selects its pods."""
    role: Literal["", "account", "class", "issuer", "source", "store"] = ""
    """Its part for the objects that name it, and wait for it."""
    condition: str = ""
    """Condition that is true for a ready object; tests assert only that others exist."""
    data: str = ""
    """Data that are deleted with an object; none are known if it is empty."""
    installs: bool = False
    """Its controller installs what no file of the tree shows."""
    before_pods: bool = False
    """Pods cannot start, or do not reach what they need, before it is there; it waits for none."""
    address_pool: bool = False
    """Its objects are the addresses of load balancers."""
    generates: tuple[_Name, ...] = ()
    """Keys that a generator of secrets writes; without any, they are not known."""
    configurations: tuple[_Name, ...] = ()
    """Paths of texts that a program reads: JSON if the path ends in `json`, else YAML."""
    queries: Literal["", "MetricsQL", "PromQL"] = ""
    """Language of the expressions in `spec.groups[].rules[].expr`."""
    upgrades_to: str = ""
    """Path of the version of Kubernetes to which its controller upgrades the cluster."""
    upgrade_signs: tuple[_Name, ...] = ()
    """Texts of which one is in such a version, if the controller upgrades other programs too."""
    ca_bundle: str = ""
    """Path, as jq writes it, of the field into which certificate authorities are injected."""


class NamespaceFact(Fact, frozen=True):
    """A namespace that no manifest declares; a trailing `*` makes its name a prefix."""

    groups: tuple[_Name, ...] = ()
    """API groups of which an object in the namespace proves that a bootstrap created it; without
    any, every cluster has the namespace."""
    images: tuple[_Name, ...] = ()
    """Repositories of images whose pods a bootstrap runs there."""
    open: bool = True
    """It holds objects that the tree does not declare."""


class Health(Fact, frozen=True):
    """Readiness of objects whose kinds have no Ready condition."""

    of: _Names
    """Kinds; `*` allowed."""
    ready: _Name
    """CEL expression over the object, true if it is ready."""
    except_kinds: tuple[_Name, ...] = ()
    composites: bool = False
    """It holds too for the kinds that CompositeResourceDefinitions of the cluster define."""


class Monitor(Fact, frozen=True):
    """Kinds that select what a monitoring system scrapes."""

    of: _Names
    selects: Literal["Pod", "Service"]
    """Kind of the objects that `spec.selector` selects."""
    endpoints: _Name
    """Field of the spec with the endpoints, each with the name of a port."""


class Operand(Fact, frozen=True):
    """Kinds whose controller creates further objects, or runs pods, for each object."""

    of: _Names
    names: _Names = ("{name}",)
    """Parts of the names of those objects; `{name}` is the name of the owner, `^` and `$` are the
    ends of a name."""
    pod_labels: dict[str, str] = {}
    """Labels of all pods that it runs, beside those of its field; `{name}` is the name of the
    owner, `{kind}` its kind in lower case, `{part}` a name of `parts`. Without any, they are not
    known."""
    parts: dict[str, str] = {}
    """Fields of `spec` for parts of the program that run as pods of their own, and what each is
    called in labels. Without any, it is one program."""
    pod_ports: tuple[_Name, ...] = ()
    """Names of ports that its pods have, and none of the Services that its controller creates."""
    service_label: str = ""
    """Label of these Services, whose value is the name of the owner."""
    some_pod_labels: dict[str, tuple[_Name, ...]] = {}
    """Labels that some of these pods have, with their values."""
    pod_labels_at: str = ""
    """Path of the field with further labels of the pods, below that of a part if there are some."""


class PartImage(Fact, frozen=True):
    """Images of parts of a program, which have tags of their own."""

    of: _Names
    at: _Names
    """Paths of fields with `repository` and `tag`."""
    suffix: _Name
    """Ending of the tags of the parts."""


class ReferenceFact(Fact, frozen=True):
    """Fields that name an object: A names B."""

    of: _Names
    """Kinds that have the fields; `PodSpec` for the PodSpec of every kind that runs pods."""
    at: _Names
    """Paths of the fields."""
    to: _Names
    """Kinds that may be named, first the one that is meant where the field has no `kind`; a last
    `*` allows any other."""
    aliases: dict[str, str] = {}
    """Further values of `kind` in the field, with the kind that each stands for."""
    is_name: bool = False
    """The field is the name itself, not an object with the name in it."""
    name: _Name = "name"
    """Key of the name."""
    same_namespace: bool = False
    """The object is in the namespace of the one that names it, whatever key `namespace` is."""
    key: str = ""
    """Field with a key of the named Secret or ConfigMap."""
    key_default: str = ""
    """The key that is read where that field is absent."""
    required: tuple[_Name, ...] = ()
    """Keys without which the field is not such a reference."""
    except_names: str = ""
    """Regular expression of names that stand for no object of the tree."""
    unless_annotated: tuple[_Name, ...] = ()
    """Annotations with which a controller creates what the field names."""
    unless: dict[str, _Names] = {}
    """Values by their path, with which nothing reads what the field names."""
    bootstrap: bool = False
    """The delivery needs what is named, so the tree cannot create it."""
    ready_first: bool = False
    """The object named must be ready before the one that names it is applied."""
    soft: bool = False
    """The object that names another one works without it."""
    has_default: bool = False
    """True if an absent field selects the cluster's default object."""


class Outside(Fact, frozen=True):
    """Fields that name something outside of the cluster, which the tree does not create."""

    of: _Names
    """Kinds, `*` allowed; `PodSpec` for every PodSpec; `ChartValues` for the values of every Helm
    chart that a HelmRelease or an Application installs."""
    at: _Names
    """Paths of the fields: texts, lists of texts, or objects if `name` is set. In a PodSpec and in
    values they begin there; `**` in values is every object at any depth."""
    sort: OutsideSort
    name: str = ""
    """Path of the name below the field."""
    property: tuple[_Name, ...] = ()
    """Paths below the field of what is used of it, such as a tag or an export; the first that is
    set holds."""
    source: tuple[_Name, ...] = ()
    """Paths of the store, or whatever has it: below the field or in the whole object; the first
    that is set holds."""
    is_map: bool = False
    """The field maps names to values; each pair is named, as `name=value`."""
    text: str = ""
    """The name, where only the presence of the field matters."""
    pattern: str = ""
    """Regular expression of the whole text; its group `name` is the name."""
    where: dict[str, str] = {}
    """Keys of the field that must have these values."""
    within: str = ""
    """Regular expression that a part of the path must match, in upper or lower case."""
    charts: tuple[_Name, ...] = ()
    """The charts whose values have the field; any chart if there are none."""
    made: bool = False
    """The object creates it there."""


class Makes(Fact, frozen=True):
    """Secrets and ConfigMaps that a controller creates for each object of some kinds."""

    of: _Names
    """Kinds; `*` for all."""
    kinds: tuple[Literal["ConfigMap", "Secret"], ...] = ("Secret",)
    at: tuple[_Name, ...] = ()
    """Paths of fields with the name, or with an object that has `name` and may have `namespace`
    and `kind`; the first path that is set holds."""
    names: tuple[_Name, ...] = ()
    """Names where no such field is set; `{name}` is the name of the owner."""
    keys: tuple[_Name, ...] = ()
    """Keys of the data; all keys are possible if neither this nor `keys_at` is given."""
    keys_at: tuple[_Name, ...] = ()
    """Paths of objects whose keys are keys of the data."""
    more_keys: tuple[_Name, ...] = ()
    """Paths of fields that add keys of any name."""
    if_annotated: tuple[_Name, ...] = ()
    """Annotations of which the owner must have one."""
    annotations_at: str = ""
    """Path of the annotations of what is created, which may have it copied elsewhere."""
    anywhere: bool = False
    """It is created in other namespaces than the owner's."""


class Autoscaler(Fact, frozen=True):
    """Kinds that set the number of the pods of `spec.scaleTargetRef`."""

    of: _Names
    least: _Name
    """Field of the spec with the least number of pods."""
    most: _Name
    """Field of the spec with the greatest number of pods."""
    default: int
    """The least number where the field is absent."""


class GrowingSize(Fact, frozen=True):
    """Sizes that a controller increases and does not reduce."""

    of: _Names
    at: _Names
    """Paths of the sizes."""
    why: _Name


class Reach(Fact, frozen=True):
    """Hosts that a controller must reach, by HTTPS, for objects of some kinds."""

    of: _Names
    at: _Names
    """Paths of fields: URLs of the hosts, or those whose presence needs `host`."""
    pods: dict[str, str]
    """Labels of the pods of the controller."""
    host: str = ""
    """The host, where no field names it."""


class Placeholders(Fact, frozen=True):
    """Kinds whose controller replaces placeholders such as `${name}` in their own objects."""

    of: _Names
    at: _Name
    """Path of the object whose keys are the names of the placeholders."""


class PackageFact(Fact, frozen=True):
    """A package of Crossplane."""

    readable: bool = False
    """It is a function that creates what its input says, and nothing else."""
    of: tuple[_Name, ...] = ()
    """Names of the packages that depend on it, from the same registry and owner; a trailing `*`
    makes a name a prefix."""


class RefusedValues(Fact, frozen=True):
    """Values that a controller refuses, although the schema of its kinds has them.

    One of `keys`, `known_keys`, `differs_from` and `where` says which.
    """

    of: _Names
    """Kinds; `*` for all. `ChartValues` for the values of releases of `charts`."""
    at: _Names
    """Paths of the fields; in values they begin there."""
    why: _Name
    fix: str = ""
    charts: tuple[_Name, ...] = ()
    keys: tuple[_Name, ...] = ()
    """Refused keys of a map, options of a list of arguments (`--dir=/data`), or names in a text
    (`+UseKRaft,-Other`)."""
    known_keys: tuple[_Name, ...] = ()
    """The only keys, options or names that are accepted."""
    accepted: dict[_Name, str] = {}
    """Values of `keys` that are accepted, because the controller sets the same."""
    differs_from: _Name | None = None
    """Path of another field in the same object, which must have another value."""
    where: dict[_Name, _Name] = {}
    """Paths with the beginnings of their values, all of which must be so."""
    unless: dict[_Name, _Name] = {}
    """Paths with texts in their values, each of which makes an exception of `where`."""
    since: str = ""
    """The first version of the chart that refuses them: `0.42`."""
    likely: bool = False
    """It may be accepted, by a setting outside of the cluster."""


class ProjectFact(Fact, frozen=True):
    """One knowledge file: all that is known of one upstream project."""

    autoscalers: tuple[Autoscaler, ...] = ()
    ca_annotations: tuple[_Name, ...] = ()
    """Prefixes of annotations with which certificate authorities are injected."""
    charts: dict[str, ChartFact] = {}
    copy_annotations: tuple[_Name, ...] = ()
    """Prefixes of annotations with which a Secret or ConfigMap is copied to other namespaces."""
    groups: dict[str, Group] = {}
    health: tuple[Health, ...] = ()
    images: tuple[PartImage, ...] = ()
    kinds: dict[str, Kind] = {}
    makes: tuple[Makes, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    namespaces: dict[str, NamespaceFact] = {}
    operands: tuple[Operand, ...] = ()
    outside: tuple[Outside, ...] = ()
    packages: dict[str, PackageFact] = {}
    """Packages of Crossplane by name, without registry and owner."""
    placeholders: tuple[Placeholders, ...] = ()
    reaches: tuple[Reach, ...] = ()
    references: tuple[ReferenceFact, ...] = ()
    refusals: tuple[RefusedValues, ...] = ()
    repositories: dict[str, _Names] = {}
    """`owner/name` on GitHub, with the API groups whose CRDs its folders and releases hold."""
    run_time_labels: tuple[_Name, ...] = ()
    """Prefixes of labels that only running pods have."""
    sizes: tuple[GrowingSize, ...] = ()
    watch_annotations: dict[str, Literal["ConfigMap", "Secret"]] = {}
    """Annotations of workloads that list objects whose changes restart the pods."""
    without_ready: tuple[_Name, ...] = ()
    """Kinds without a Ready condition, which are ready once they are applied; `*` allowed."""
