"""Settings of delivery by Flux."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kubestrata.core.argument import require
from kubestrata.core.frozen import Frozen
from kubestrata.core.origin import Origin, caller
from kubestrata.core.source import GitRepository
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts
from kubestrata.knowledge import knowledge


class SopsDecryption(Frozen):
    """The Secret in Flux's namespace that holds the key of SOPS files."""

    secret: str = "sops-age"  # noqa: S105  # a name


class Variable(Frozen):
    """A key of a SubstituteFrom, with the type and an example of its value.

    `kubestrata contract` lists both for the side that writes the values.
    """

    name: str
    type: Literal["string", "number", "boolean"] = "string"
    example: str = ""


@dataclass(frozen=True, slots=True)
class SubstituteFrom:
    """A ConfigMap or Secret in Flux's namespace whose keys fill placeholders.

    A key is a name, or a Variable, which describes the value too.
    """

    kind: Literal["ConfigMap", "Secret"]
    name: str
    keys: Sequence[str | Variable]
    optional: bool = False
    origin: Origin = field(default_factory=caller, init=False, compare=False, repr=False)

    @property
    def variables(self) -> Sequence[Variable]:
        """The keys with their types and examples."""
        return [Variable(key) if isinstance(key, str) else key for key in self.keys]

    @property
    def names(self) -> frozenset[str]:
        """The names of the keys."""
        return frozenset(each.name for each in self.variables)


@dataclass(frozen=True, slots=True)
class Flux:
    """Delivery by Flux, bootstrapped from `repository`, whose folder `path` is the output.

    With bootstrap="command" (`flux bootstrap`), the GitRepository and the Kustomization
    `flux-system` at the root are in the output; with "operator", the FluxInstance of the Flux
    Operator creates them: its `sync.path` is `<path>/<cluster>/flux`. The intervals and the timeout
    are the defaults for every Kustomization; a component may override them.
    """

    repository: GitRepository
    path: str = "dist"
    bootstrap: Literal["command", "operator"] = "command"
    decryption: SopsDecryption | None = None
    substitute_from: Sequence[SubstituteFrom] = ()
    namespace: str = "flux-system"
    interval: Duration = field(default_factory=lambda: Duration("10m"))
    retry_interval: Duration = field(default_factory=lambda: Duration("2m"))
    timeout: Duration = field(default_factory=lambda: Duration("5m"))
    source_interval: Duration = field(default_factory=lambda: Duration("1h"))
    origin: Origin = field(default_factory=caller, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_texts(self)
        fix = "write GitRepository(url=...)"
        require("repository of Flux", self.repository, GitRepository, fix=fix)

    @property
    def placeholders(self) -> Sequence[str]:
        """The names that Flux substitutes."""
        return sorted({name for source in self.substitute_from for name in source.names})

    @property
    def groups(self) -> frozenset[str]:
        """The API groups of Flux's own CRDs."""
        groups = knowledge().projects["flux"].groups
        return frozenset(name for name, each in groups.items() if each.bootstrap == "always")
