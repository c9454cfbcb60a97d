"""Memory where people are: one file per framework, each a thin caller of `Memory`.

Nothing here is imported before it is asked for, and each file needs its framework only.
"""
