"""Every error that kubestrata raises on purpose.

KubestrataError
├── SourceError              the Python that describes the platform is wrong
│   ├── InvalidName          a name that Kubernetes or the file system refuses
│   ├── InvalidValue         a value outside of its type's rules
│   ├── InvalidBody          unknown keyword, missing field or wrong type in a body
│   ├── DuplicateObject      two objects, components or ids with one identity
│   ├── InvalidReference     a reference that leaves its cluster or names nothing
│   ├── MissingOffer         a construct requires what its cluster does not provide
│   ├── GraphError           no provider for a kind, or a cycle
│   ├── EncryptionError      a SOPS file that is invalid or of another object
│   └── UnwritableTextError  text that YAML readers cannot carry
├── YamlSyntaxError          a YAML document that cannot be read
├── ImportSourceError        a schema source that bindings cannot be made of
├── ConfigError              cdk8s.yaml or the command line is wrong
├── ProgramError             main.py ended before the command had its platform
├── OutputError              the result cannot be written to standard output
├── NodeError                Node.js is missing or refused a construct
└── DistError                the output folder cannot be written safely
"""

from __future__ import annotations

import copyreg

from kubestrata.core.origin import caller


class KubestrataError(Exception):
    """An error with a location, a subject, a reason, and a fix if there is a simple one."""

    exit_code = 2

    def __init__(self, where: str, what: str, why: str, fix: str | None = None) -> None:
        self.where = where
        self.what = what
        self.why = why
        self.fix = fix
        super().__init__(f"{where}: {what}: {why}" + (f"\n  fix: {fix}" if fix else ""))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the text and the fields: the arguments of a subclass may be others."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class SourceError(KubestrataError):
    """An error in the Python that describes the platform.

    The location is the caller's line, or `where` as text: an Origin, a file with its line.
    """

    def __init__(
        self, what: str, why: str, fix: str | None = None, *, where: object = None
    ) -> None:
        super().__init__(str(caller() if where is None else where), what, why, fix)


class InvalidName(SourceError):
    """A name that Kubernetes or the file system refuses."""


class InvalidValue(SourceError, ValueError):
    """A value outside of its type's rules."""


class InvalidBody(SourceError, TypeError):
    """Unknown keyword, missing field or wrong type in an object's body."""


class DuplicateObject(SourceError):
    """Two objects, components or construct ids share one identity."""


class InvalidReference(SourceError):
    """A reference that leaves its cluster or names nothing."""


class MissingOffer(SourceError):
    """A construct requires a value that its cluster does not provide."""


class GraphError(SourceError):
    """The order of the components cannot be derived."""


class EncryptionError(SourceError):
    """A SOPS file that is not encrypted, or contains another object than declared."""


class UnwritableTextError(SourceError):
    """Text with characters that YAML readers cannot carry."""


class YamlSyntaxError(KubestrataError):
    """A YAML document that cannot be read."""


class ImportSourceError(KubestrataError):
    """A schema source that bindings cannot be made of."""


class ConfigError(KubestrataError):
    """cdk8s.yaml or the command line is wrong."""


class ProgramError(KubestrataError):
    """main.py ended before the command had its platform."""


class OutputError(KubestrataError):
    """The result of a command cannot be written to standard output."""


class NodeError(KubestrataError):
    """Node.js is missing, or refused a construct."""


class DistError(KubestrataError):
    """The output folder cannot be written safely."""


def text_of(error: BaseException) -> str:
    """Return the text of an error, also of one whose `__str__` fails."""
    try:
        return str(error)
    except BaseException as failure:  # noqa: BLE001  # code of main.py, which may raise SystemExit
        return f"(its text cannot be shown: {type(failure).__name__})"
