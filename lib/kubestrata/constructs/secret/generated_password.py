"""Passwords generated in the cluster."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import external_secrets as es
from kubeapis import k8s
from kubestrata.constructs.secret.external_secret import ExternalSecret, Refresh
from kubestrata.constructs.secret.reflection import ReflectedTo
from kubestrata.constructs.secret.secret_source import SecretSource
from kubestrata.constructs.secret.secret_template import SecretTemplate
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct

# The only key that the generator fills (source: External Secrets' Password generator).
_MADE = "password"


class PasswordFormat(Frozen):
    """Length and characters: letters, and by default digits but no symbols.

    `symbol_characters` are those to choose symbols from, None for all.
    """

    length: int = 32
    digits: int = 8
    symbols: int = 0
    symbol_characters: str | None = None

    def __post_init__(self) -> None:
        if not 16 <= self.length <= 512:
            fix = "make it 16 to 512 characters long"
            raise InvalidValue(f"length {self.length!r}", "is not a safe length", fix)
        if self.digits + self.symbols > self.length:
            why = f"has {self.digits} digits and {self.symbols} symbols"
            raise InvalidValue(f"a password of {self.length}", why)
        if self.symbol_characters is not None and not self.symbols:
            why, fix = "has no symbols to choose from them", "pass symbols="
            what = f"symbol_characters {self.symbol_characters!r} of a password"
            raise InvalidValue(what, why, fix)


class GeneratedPassword(Construct):
    """A Password generator and an ExternalSecret, both named `id`.

    Each of `keys` gets its own password. It is generated once: a `refresh` that is periodic rotates
    it, for programs that read the Secret again and store it nowhere. `generator_name` is another
    name for the generator.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        keys: Sequence[str] = (_MADE,),
        format: PasswordFormat | None = None,  # noqa: A002  # what is described
        template: SecretTemplate | None = None,
        refresh: Refresh | None = None,
        copies: ReflectedTo | None = None,
        generator_name: str | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-password")
        wanted = format or PasswordFormat()
        self.generator = es.Password(
            self,
            "generator",
            metadata=k8s.ObjectMeta(name=generator_name or id),
            spec=es.PasswordSpec(
                length=wanted.length,
                digits=wanted.digits,
                symbols=wanted.symbols,
                symbol_characters=wanted.symbol_characters,
                no_upper=False,
                allow_repeat=True,
            ),
        )
        first, *others = (self._source(key) for key in keys)
        for other in others:
            first = first.plus(other)
        self.external = ExternalSecret(
            self, id, source=first, template=template, refresh=refresh, copies=copies
        )
        self.secret = self.external.secret

    def _source(self, key: str) -> SecretSource:
        rename = {_MADE: key} if key != _MADE else None
        return SecretSource.generated(self.generator.ref, keys=[_MADE], rename=rename)
