"""Objects judged by the schemas of the bindings, as the API server would judge them."""

from kubestrata.schema.catalogue import Catalogue, catalogue, installed
from kubestrata.schema.cel_rule import UnjudgedRule
from kubestrata.schema.fault import Fault
from kubestrata.schema.kind_schema import KindSchema

__all__ = [
    "Catalogue",
    "Fault",
    "KindSchema",
    "UnjudgedRule",
    "catalogue",
    "installed",
]
