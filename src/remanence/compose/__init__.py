"""Turns hits into what a model reads."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.compose import answer, cited, profile
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["answer", "cited", "profile"]
