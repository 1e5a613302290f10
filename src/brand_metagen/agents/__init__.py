"""The agents: one module per role, its policy a stage's function, its adviser a setting."""
