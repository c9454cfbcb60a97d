"""Changes memories afterwards."""
