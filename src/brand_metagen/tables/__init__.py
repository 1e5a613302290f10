"""Four tables in, typed rows and a quarantine out; the only place that cleans text."""
