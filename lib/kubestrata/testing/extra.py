"""Optional packages of the test kit."""

from __future__ import annotations


class MissingExtra(ImportError):
    """An optional package that is not installed."""

    def __init__(self, package: str, module: str) -> None:
        what = f"{module} requires {package}, which is not installed"
        super().__init__(f"{what}\n  fix: pip install 'kubestrata[testing]'", name=package)
