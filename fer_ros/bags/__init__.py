"""Recorded sessions: bags read, evaluated and made, without a ROS installation."""
