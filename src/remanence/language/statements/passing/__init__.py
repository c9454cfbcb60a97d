"""Statements made in passing: appositions, lists, telegraphic notes and short replies; a learned gate judges them."""
