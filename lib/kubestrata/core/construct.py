"""Constructs that exist in Python, and in Node once something there needs them.

Type checkers see the classes of constructs and cdk8s (see `node`). At run time, the classes here
become subclasses of those when the packages are loaded. All constructs of one App are created in
Node together, in the order of their creation in Python, when the first of them is needed there: as
the scope of a foreign construct, for `.node`, for an aspect, for `cdk8s.Testing`.
"""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from kubestrata.core import tree
from kubestrata.core.construct_call import call
from kubestrata.core.errors import InvalidName
from kubestrata.core.origin import caller

if TYPE_CHECKING:
    from constructs import IConstruct

REFERENCE = "__jsii_ref__"
"""The attribute in which jsii keeps the identity of an object in Node."""


class ConstructType(type):
    """The metaclass of constructs, which reports invalid calls (`kernel` does for foreign ones)."""

    if not TYPE_CHECKING:  # type checkers must see each construct's own __init__

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            """Create a construct."""
            return call(type.__call__, cls, args, kwargs)


class _Property:
    """A property of a cdk8s class, read-only even before cdk8s is loaded.

    Without it, a subclass could set an attribute that is hidden once cdk8s is loaded.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, construct: Any, _kind: type | None = None) -> Any:
        if construct is None:
            return self
        importlib.import_module("cdk8s")  # removes this property, see `adopt_bases`
        return getattr(construct, self._name)

    def __set__(self, construct: Any, _value: Any) -> None:
        what = f"property {self._name!r} of {type(construct).__name__!r} object"
        message = f"{what} has no setter: it is a property of cdk8s; use another name"
        raise AttributeError(message)


class _Replaceable:
    """A placeholder base class, replaced by the one of cdk8s when that is loaded."""


class Construct(_Replaceable, metaclass=ConstructType):
    """A `constructs.Construct`."""

    __jsii_declared_type__: ClassVar[str | None] = None

    def __init__(self, scope: IConstruct, id: str) -> None:
        register(self, scope, id)

    def __init_subclass__(cls) -> None:
        """Mark the class as one that may override methods, as jsii's metaclass does."""
        super().__init_subclass__()
        cls.__jsii_declared_type__ = None

    def __getattr__(self, name: str) -> Any:
        """Return the jsii reference, creating the construct in Node, or an attribute of cdk8s."""
        if name == REFERENCE:
            return reference_of(self)
        if name.startswith("_") or Chart.__bases__ != (Construct,):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        importlib.import_module("cdk8s")
        return getattr(self, name)


class Chart(Construct):
    """A `cdk8s.Chart`."""

    def __init__(
        self,
        scope: IConstruct,
        id: str,
        *,
        disable_resource_name_hashes: bool = False,
        namespace: str | None = None,
    ) -> None:
        options: dict[str, Any] = {"disableResourceNameHashes": disable_resource_name_hashes}
        register(self, scope, id, options | ({"namespace": namespace} if namespace else {}))


class App(Construct):
    """A `cdk8s.App`: the root, which keeps the constructs that are not in Node yet."""

    def __init__(self, *, outdir: str) -> None:
        self._waiting: deque[tuple[Any, list[Any]]] = deque([(self, [{"outdir": outdir}])])

    @property
    def is_waiting(self) -> bool:
        """Return True until the App is created in Node."""
        return bool(self._waiting)

    def postpone(self, construct: IConstruct, arguments: list[Any]) -> None:
        """Create a construct later, together with the App."""
        self._waiting.append((construct, arguments))

    def enter_node(self) -> None:
        """Create the App and its constructs in Node, unless they are there."""
        if not self._waiting:
            return
        importlib.import_module("cdk8s")
        from kubestrata.core.node_request import create

        while self._waiting:
            create(*self._waiting[0])
            self._waiting.popleft()


_PROPERTIES: dict[type, tuple[str, ...]] = {
    Construct: ("node",),
    Chart: ("api_objects", "labels", "namespace"),
    App: ("charts", "outdir", "output_file_extension", "resolvers", "yaml_output_type"),
}
for _class, _names in _PROPERTIES.items():
    for _name in _names:
        setattr(_class, _name, _Property(_name))


def register(
    construct: Any, scope: IConstruct, id: str, options: Mapping[str, Any] | None = None
) -> None:
    """Add a construct to the tree, and to Node if its App is there.

    `options` is the last argument of the class's JavaScript constructor.
    Raises DuplicateObject if `scope` has a child with this id.
    """
    origin = caller(tree.path_of(scope, id))
    if not id:
        why = "not a valid construct id: only an App has an empty one"
        raise InvalidName(f"id {id!r} of {type(construct).__name__}", why, where=origin)
    tree.claim(scope, id, origin)
    tree.place(construct, scope, id, origin)
    arguments = [scope, id] if options is None else [scope, id, dict(options)]
    root = tree.root_of(scope)
    if isinstance(root, App) and root.is_waiting:
        root.postpone(construct, arguments)
        return
    from kubestrata.core.node_request import create

    create(construct, arguments)


def reference_of(construct: Any) -> Any:
    """Return the jsii reference of a construct, creating it in Node if necessary."""
    root = tree.root_of(construct)
    if isinstance(root, App):
        root.enter_node()
    attributes: dict[str, Any] = construct.__dict__
    found = attributes.get(REFERENCE)
    if found is None:
        raise AttributeError(f"{type(construct).__name__!r} is not in Node")
    return found


def _attribute_in_node(construct: IConstruct, name: str) -> Any:
    if name == REFERENCE:
        return reference_of(construct)
    raise AttributeError(f"{type(construct).__name__!r} object has no attribute {name!r}")


def adopt_bases(package: str) -> None:
    """Derive the classes of this module from those of the loaded package."""
    module = importlib.import_module(package)
    if package == "constructs":
        module.Construct.__getattr__ = _attribute_in_node
        Construct.__bases__ = (module.Construct,)
        adopted: tuple[type, ...] = (Construct,)
    else:
        Chart.__bases__ = (Construct, module.Chart)
        App.__bases__ = (Construct, module.App)
        adopted = (Chart, App)
    for each in adopted:
        for name in _PROPERTIES[each]:
            delattr(each, name)
