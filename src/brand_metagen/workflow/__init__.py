"""The stages in order, run step by step and resumable."""
