"""S: what substitution replaces, and what it must leave."""
