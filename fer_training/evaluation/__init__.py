"""How good predictions are: metrics, plots, and the only reader of a reported split."""
