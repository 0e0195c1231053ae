"""Sources of schemas: addresses, files, downloads, archives, charts and documents."""
