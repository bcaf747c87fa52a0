"""Faces to probabilities: preprocessing, model bundles, and the backends that run them, behind one interface."""
