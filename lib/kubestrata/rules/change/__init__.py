"""C: changes of the committed tree that the API server or an operator refuses."""
