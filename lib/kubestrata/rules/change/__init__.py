"""C: changes that the API server or an operator refuses; only synth and diff can check them."""
