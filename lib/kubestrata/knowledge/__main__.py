"""`python -m kubestrata.knowledge` writes the JSON file with the facts of the TOML files."""

from kubestrata.knowledge.load import write

write()
