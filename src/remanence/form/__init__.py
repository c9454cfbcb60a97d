"""Makes memories from turns."""
