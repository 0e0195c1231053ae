"""S: substitution of variables by Flux, and text to exclude from it."""
