"""Scalars with a meaning: checked when they are made, plain strings or integers in YAML."""

from kubestrata.core.value.cron import Cron
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.host import Host
from kubestrata.core.value.image import Image
from kubestrata.core.value.placeholder import Placeholder, PlaceholderInt
from kubestrata.core.value.port import Port
from kubestrata.core.value.quantity import Quantity

__all__ = [
    "Cron",
    "Duration",
    "Host",
    "Image",
    "Placeholder",
    "PlaceholderInt",
    "Port",
    "Quantity",
]
