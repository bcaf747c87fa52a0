"""The two stages of the paper: configs, batches, steps, runs and folds of them."""
