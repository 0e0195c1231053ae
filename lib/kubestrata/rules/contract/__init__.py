"""The contract with the outside: what a tree needs and does not create."""
