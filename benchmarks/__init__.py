"""Measurements of speed and of what is found; `make bench` runs them."""
