"""Data sets to checked samples, face crops, splits and augmented views."""
