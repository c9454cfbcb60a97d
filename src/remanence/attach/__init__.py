"""Memories attached to a language model: key-value blocks, side weights, edits, and what a model does with them."""
