"""Harbor, the container registry: with state in the cloud, elsewhere, or on volumes of its own."""
