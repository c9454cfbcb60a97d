"""Pure maths and text functions: no store, no clock, no model."""
