"""A small reader of our own: answers in passages, and statements in turns of talk."""

from remanence.models.reader.reader import Reader, Reading, ReadStatement

__all__ = ["ReadStatement", "Reader", "Reading"]
