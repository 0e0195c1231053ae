"""The tests of a cluster, as files that its delivery does not apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubestrata.constructs.acceptance.chainsaw_test import ChainsawTest
from kubestrata.constructs.acceptance.policy_test import PolicyTest
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject, InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.origin import caller
from kubestrata.core.tree import path_of
from kubestrata.core.written import WrittenFile
from kubestrata.core.yaml_text import dump

FOLDER = "tests"


class AcceptanceTests(Construct):
    """No objects: folders with tests in `tests/chainsaw/` and `tests/kyverno/` of the cluster.

    `chainsaw test` runs the first against the running cluster, `kyverno test` the second without
    one. They contain the objects that the components deliver, so the two cannot differ.
    """

    def __init__(
        self,
        scope: Cluster,
        id: str = "acceptance-tests",
        *,
        chainsaw: Sequence[ChainsawTest] = (),
        kyverno: Sequence[PolicyTest] = (),
    ) -> None:
        """Raise InvalidValue without any test, DuplicateObject for two of one name."""
        super().__init__(require("scope of AcceptanceTests", scope, Cluster), id)
        self.cluster = scope
        self.origin = caller(path_of(self))
        self.chainsaw, self.kyverno = tuple(chainsaw), tuple(kyverno)
        if not self.chainsaw and not self.kyverno:
            why, fix = "has no tests", "pass chainsaw= or kyverno="
            raise InvalidValue("AcceptanceTests", why, fix, where=self.origin)
        for tests in (self.chainsaw, self.kyverno):
            names = [each.name for each in tests]
            for name in names:
                if names.count(name) > 1:
                    what, why = f"test {name!r}", "is declared twice"
                    raise DuplicateObject(what, why, "rename one", where=self.origin)
        scope.add_files(self)

    def files(self) -> Sequence[WrittenFile]:
        """Return the files; raises the error of the first object that is not delivered."""
        folder = f"{self.cluster.name}/{FOLDER}"
        return [
            WrittenFile(f"{folder}/{name}", text.encode(), self.origin)
            for name, text in self._contents()
        ]

    def _contents(self) -> Iterator[tuple[str, str]]:
        for test in self.chainsaw:
            manifest = test.manifest(self.cluster, self.origin)
            yield f"chainsaw/{test.name}/chainsaw-test.yaml", dump(manifest)
        for policy in self.kyverno:
            for name, text in policy.files(self.cluster, self.origin):
                yield f"kyverno/{policy.name}/{name}", text
