"""Every recipe keeps the recipe contract that other packages can test theirs against."""

from __future__ import annotations

from pathlib import Path

import pytest

from remanence import recipes
from remanence.stage import Recipe
from remanence.testing import RecipeContract


@pytest.mark.parametrize("name", recipes.names())
class TestRecipes(RecipeContract):
    """By name, as `Memory` opens them."""

    @pytest.fixture(autouse=True)
    def _named(self, name: str, tmp_path: Path) -> None:
        self.name = name

    def recipe(self) -> Recipe:
        return recipes.get(self.name)
