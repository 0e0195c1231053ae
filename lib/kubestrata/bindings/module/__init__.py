"""Models of generated modules: the classes of each, and the names that reach them."""
