"""Coding agents: their settings, their hooks, and a memory per project beside one of the user's."""
