"""Frame to faces: the detectors, behind one interface, and where they look on a frame."""
