"""C: changes that the API server or an operator rejects; only synth and diff can check them."""
