"""The resources of /api/v1, a module each: the edge where JSON becomes records and back."""
