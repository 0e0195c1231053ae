"""G: order and ownership of what Flux and Argo CD apply."""
