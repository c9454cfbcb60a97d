"""Thin callers of Memory."""
