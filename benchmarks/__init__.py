"""Measurements of how quick the simulator is; benchmarks/README.md says how to repeat them."""
