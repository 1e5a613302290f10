"""Learns, proves and applies the rules that tell which brand a card transaction belongs to."""

__version__ = "0.1.0"
