"""The exercise, the submissions and the cage of `benchmarks/graders.py`."""
