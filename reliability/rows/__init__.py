"""One function for each fault: it injects the fault, lets things recover, and returns what was checked.

short: seconds instead of a minute, for the tests.
"""
