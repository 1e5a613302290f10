"""Evidence in, rule and proof out."""
