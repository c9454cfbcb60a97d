"""Pure functions of numbers: no text rules, no store, no clock, no model."""
