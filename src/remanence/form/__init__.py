"""Makes memories from turns."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.form import distil
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["distil"]
