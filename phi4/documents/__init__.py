"""Documents become seeds."""
