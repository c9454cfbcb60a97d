"""A small reader of our own: answers in passages, and statements in turns of talk."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.models.reader.reader import Reader
    from remanence.models.reader.reading import Reading, ReadStatement
else:
    __getattr__ = on_first_use(__name__, reader="Reader", reading="ReadStatement Reading")

__all__ = ["ReadStatement", "Reader", "Reading"]
