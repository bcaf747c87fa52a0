"""A trained network to the bundle that the robot runs."""
