"""Matched to confirmed, excluded or not sure, each with a calibrated probability."""
