"""Use cases: what every face calls. Plain functions over ports; no face, no adapter."""
