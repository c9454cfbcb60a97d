"""How deep the brackets of a request go: in quotes they do not count, and any text takes time in proportion."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the server needs the extra serve")

from remanence.serve.http.guard import _QUOTED, _is_deeper

VALUES = st.recursive(
    st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def depth(value: object) -> int:
    """Levels of lists and objects, counted the slow way."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(VALUES)
def test_the_depth_of_any_value_is_told(value: object) -> None:
    """Neither more nor less than what a reader of JSON finds, whatever its texts hold."""
    for raw in (json.dumps(value).encode(), json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")):
        unquoted = _QUOTED.sub(b"", raw)
        assert not _is_deeper(unquoted, depth(value))
        assert _is_deeper(unquoted, depth(value) - 1) is (depth(value) > 0)


@pytest.mark.parametrize("unit", [b'\\"', b'"', b"\\", b"[]", b'{"a":1},', b'"\\'])
def test_broken_text_is_looked_through_once(unit: bytes) -> None:
    """A text of a megabyte that is no JSON: it ends, and nothing of it is deep."""
    assert not _is_deeper(_QUOTED.sub(b"", b'"' + unit * (2**20 // len(unit))), 32)
