"""What the launch files share: their arguments, checked before the first process starts, and how launch ends."""
