"""The server: REST under /api/v1 over the functions of `app`."""
