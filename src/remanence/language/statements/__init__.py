"""What a text states: subject, attribute, value, read once and kept."""
