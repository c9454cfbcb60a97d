"""Writes a neural network as an ONNX file, without the onnx package: a few protocol-buffer fields do."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Attribute = int | float | Sequence[int]

_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}  # TensorProto.DataType


class Graph:
    """Collects nodes and weights; `to_bytes()` is the file. Field numbers are those of onnx.proto3."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []
        self._count = 0

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        """A float32 input; a text in `shape` names a free dimension."""
        self._inputs.append(_value(name, shape))
        return name

    def output(self, name: str, shape: Sequence[int | str]) -> None:
        """Declare the float32 value `name` as an output."""
        self._outputs.append(_value(name, shape))

    def weight(self, values: NDArray[np.generic]) -> str:
        """A constant tensor; gives its name."""
        name = self._fresh("w")
        data = np.ascontiguousarray(values)
        dims = b"".join(_number(1, size) for size in data.shape)
        self._weights.append(dims + _number(2, _TYPES[data.dtype.name]) + _text(8, name) + _bytes(9, data.tobytes()))
        return name

    def node(self, op: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Attribute) -> list[str]:
        """One operator; gives the names of its outputs. An empty input name leaves an optional input out."""
        names = [self._fresh("v") for _ in range(outputs)]
        self._nodes.append(
            b"".join(_text(1, name) for name in inputs)
            + b"".join(_text(2, name) for name in names)
            + _text(4, op)
            + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
            + _text(7, domain)
        )
        return names

    def to_bytes(self, *, opsets: Mapping[str, int]) -> bytes:
        """The whole file. `opsets` gives the version of each operator domain ("" is the standard one)."""
        graph = (
            b"".join(_bytes(1, node) for node in self._nodes)
            + _text(2, self._name)
            + b"".join(_bytes(5, weight) for weight in self._weights)
            + b"".join(_bytes(11, value) for value in self._inputs)
            + b"".join(_bytes(12, value) for value in self._outputs)
        )
        versions = b"".join(_bytes(8, _text(1, domain) + _number(2, v)) for domain, v in opsets.items())
        return _number(1, 8) + _text(2, "remanence") + _bytes(7, graph) + versions

    def _fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    return _text(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_bytes(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    tensor = _number(1, _TYPES["float32"]) + _bytes(2, dims)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))
