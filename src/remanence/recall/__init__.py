"""Finds memories."""
