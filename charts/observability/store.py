"""Interface of the metrics and log stores, by the parts that other components connect to."""

from typing import Protocol

from kubestrata import JsonObject


class Store(Protocol):
    """A store on one pod or on many; a part is its name and its port."""

    @property
    def values(self) -> JsonObject:
        """Return the values of the chart."""
        ...

    @property
    def reader(self) -> tuple[str, int]:
        """Return the part that answers queries."""
        ...

    @property
    def writer(self) -> tuple[str, int]:
        """Return the part that ingests data."""
        ...

    @property
    def ports(self) -> tuple[int, ...]:
        """Return every port on which a part listens."""
        ...
