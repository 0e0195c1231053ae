"""Requirements of the API server and of operators that no schema has."""
