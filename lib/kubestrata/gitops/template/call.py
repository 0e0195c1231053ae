"""Calls of functions in templates, with the checks that Go makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kubestrata.core.frozen import Frozen
from kubestrata.gitops.template import text_function, value_function
from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.value import shown

_VARIADIC = 4
"""The flag of code objects with `*arguments`."""
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "dict[str, Any]": (dict,),
    "list[Any]": (list, tuple),
    "Any": (object,),
}
_OTHER_NAMES = """
abbrev abbrevboth adler32sum addf ago all any b32dec b32enc b64dec bcrypt biggest buildCustomCert
call camelcase ceil chunk date dateInZone dateModify date_in_zone date_modify decryptAES deepCopy
deepEqual derivePassword div divf duration durationRound encryptAES float64 floor fromYaml
fromYamlArray genCA genPrivateKey genSelfSignedCert genSignedCert hello html htmlDate
htmlDateInZone htpasswd initials int64 isAbs js kebabcase kindIs kindOf maxf merge mergeOverwrite
minf mod mul mulf now osBase osClean osDir osExt osIsAbs plural pluck prepend println randAlpha
randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexQuoteMeta
regexSplit round semver semverCompare seq set sha1sum sha512sum shuffle snakecase splitn
subf substr swapcase title toDate toDecimal toPrettyJson toStrings toYaml trimall tuple typeIs
typeIsLike typeOf unixEpoch unset untilStep untitle urlJoin urlParse urlquery uuidv4 wrap
wrapWith
"""
_OTHERS = frozenset(_OTHER_NAMES.split())
"""Functions of Argo CD and the Flux Operator that are not evaluated here."""


class Function(Frozen):
    """A function with the types of its parameters; the last one may repeat."""

    run: Callable[..., Any]
    kinds: tuple[str, ...]
    variadic: bool = False


Functions: TypeAlias = Mapping[str, Function]


def call(name: str, arguments: Sequence[Any], functions: Functions) -> Any:
    """Return the result of a function."""
    if name not in functions:
        if name in _OTHERS or name.startswith("must"):
            raise NotEvaluatedError(f"the function {name} is not evaluated here")
        raise TemplateError(f'function "{name}" not defined')
    kinds, variadic = functions[name].kinds, functions[name].variadic
    if len(arguments) < len(kinds) - variadic or (not variadic and len(arguments) > len(kinds)):
        raise TemplateError(f"wrong number of arguments for {name}")
    for index, each in enumerate(arguments):
        kind = kinds[min(index, len(kinds) - 1)]
        number = kind == "int" and isinstance(each, bool)
        if number or not isinstance(each, _TYPES[kind]):
            raise TemplateError(f"{name}: {shown(each, 'nil')} has the wrong type")
    return functions[name].run(*arguments)


def _named(functions: Sequence[Callable[..., Any]]) -> Iterator[tuple[str, Function]]:
    for each in functions:
        first, *rest = each.__name__.removeprefix("_").split("_")
        yield first + "".join(part.capitalize() for part in rest), described(each)


def described(function: Callable[..., Any]) -> Function:
    """Return a function with the types that its annotations name."""
    code = function.__code__
    variadic = bool(code.co_flags & _VARIADIC)
    names = code.co_varnames[: code.co_argcount + variadic]
    kinds = tuple(function.__annotations__[name] for name in names)
    return Function(function, kinds, variadic)


FUNCTIONS: Functions = dict(_named((*text_function.FUNCTIONS, *value_function.FUNCTIONS)))
"""The functions of an ApplicationSet."""
