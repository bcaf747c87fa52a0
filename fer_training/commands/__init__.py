"""The commands of `fer-train`: each module adds its arguments to a parser and runs them."""
