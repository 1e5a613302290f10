"""The rules of escalation: who is told, what may follow what, whose time runs."""
