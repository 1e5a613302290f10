"""Pages made of figures: one model, as HTML and as PDF."""
