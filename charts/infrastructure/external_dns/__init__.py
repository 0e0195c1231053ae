"""external-dns: records of Route 53, of a Gateway's routes, and of Ingresses."""
