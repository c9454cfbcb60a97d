"""Reads messages, exports and documents into messages ready to remember."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.ingest import message
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["message"]
