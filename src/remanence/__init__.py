"""One memory engine for AI."""
