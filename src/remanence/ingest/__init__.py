"""Reads messages, exports and documents into messages ready to remember."""
