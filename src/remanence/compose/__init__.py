"""Turns hits into what a model reads."""
