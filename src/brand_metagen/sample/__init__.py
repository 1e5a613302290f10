"""A market made up from real brand names, as dirty as real statements, with its truth apart."""
