"""What a text states: subject, attribute, value, read once and kept."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.language.statements import added, corrected, fields, named, plain, read, statement, values
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["added", "corrected", "fields", "named", "plain", "read", "statement", "values"]
