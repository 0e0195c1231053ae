"""What a store of metrics and one of logs have in common: the parts that others talk to."""

from typing import Protocol

from kubestrata import JsonObject


class Store(Protocol):
    """What differs between a store on one pod and one on many; a part is its name and its port."""

    @property
    def values(self) -> JsonObject:
        """Values of the chart."""
        ...

    @property
    def reader(self) -> tuple[str, int]:
        """Who answers queries."""
        ...

    @property
    def writer(self) -> tuple[str, int]:
        """Who takes what is to be stored."""
        ...

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port on which a part listens."""
        ...


def resources(cpu: str, memory: str, limit: str) -> JsonObject:
    """Requests of a container, and the limit of its memory."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}
