"""Platform, clusters, components, resources and what they are made of."""
