"""`python -m kubestrata.knowledge` writes the JSON files with the facts of the TOML files."""

from kubestrata.knowledge.load import write
from kubestrata.knowledge.requirement import write_requirements

write()
write_requirements()
