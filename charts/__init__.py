"""Components of the platforms: one module per component, one folder per layer."""
