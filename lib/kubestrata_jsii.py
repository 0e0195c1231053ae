"""Bring jsii under kubestrata's control before it is used, in whatever order things are imported.

Imported when Python starts in an environment that has kubestrata (see kubestrata_jsii.pth): so it
only waits for jsii, and imports nothing else until then.
"""

import sys


class _BeforeJsii:
    """A finder that lets kubestrata register before jsii is found as usual."""

    def find_spec(self, name: str, *_path_and_target: object) -> object:
        """Return how to load jsii or what is made with it, None for any other module."""
        if name not in ("jsii", "constructs", "cdk8s"):
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        from importlib import import_module, util

        import_module("kubestrata.core.node")
        return util.find_spec(name)


sys.meta_path.insert(0, _BeforeJsii())  # type: ignore[arg-type]
