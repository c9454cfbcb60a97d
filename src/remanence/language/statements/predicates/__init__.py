"""Reads whole clauses: who or what is spoken of, the verb, and what is said of it, across sentences and turns."""
