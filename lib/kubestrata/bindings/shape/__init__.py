"""Types and structs of schemas, and their names in Python."""
