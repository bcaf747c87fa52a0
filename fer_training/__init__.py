"""The offline trainer: data sets to the bundle that the robot runs, and the paper's tables."""
