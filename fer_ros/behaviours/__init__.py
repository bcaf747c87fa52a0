"""Example behaviours: what a robot may do with the faces that fer_node publishes."""
