"""Fuzzing: `make fuzz`, coverage-guided; test/fuzz runs the same targets for seconds."""
