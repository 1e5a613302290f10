"""Several brands on one combo: one, none yet, or a human."""
