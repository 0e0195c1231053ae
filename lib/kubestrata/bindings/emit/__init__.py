"""Text of generated modules, packages and schemas, checked before it is written."""
