"""Rules and narratives to matches."""
