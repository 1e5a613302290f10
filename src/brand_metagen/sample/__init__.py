"""A made-up market: real brand names and codes, invented shops, dirt and noise, and its truth."""
