"""Reads plain text, once: words, sentences, dates, names, speakers, statements and questions."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.language import entities, person, phrases
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["entities", "person", "phrases"]
