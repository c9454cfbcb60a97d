"""What the neural tests share: PyTorch or a reasoned skip, one thread, a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install remanence[neural]")


@pytest.fixture(autouse=True)
def _seeded() -> Iterator[None]:
    """Every test starts from seed 0, in 32 bits, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)
