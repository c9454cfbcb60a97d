"""Benchmarks drawn from a seed, so that the arena runs without any download; an oracle answers each of them."""
