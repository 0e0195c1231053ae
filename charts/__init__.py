"""What the platforms run: one module per component, one folder per layer."""
