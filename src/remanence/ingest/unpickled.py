"""Reads the data out of pickled bytes without running anything: an opcode that makes an object makes a plain dict.

Other programs keep rows as pickles, which are programs: loading one runs what its author wrote. Here the opcodes are
only looked at, by the standard library's disassembler, and strings, numbers, lists and dicts are put together from
them. What would be imported or called is never more than a name.
"""

from __future__ import annotations

import pickletools
from typing import Any

MOST = 2_000_000
"""Opcodes of one value; a point with 4,096 numbers has about as many."""

_ARGUMENT = {
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "INT",
    "LONG", "BINFLOAT", "FLOAT", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "SHORT_BINSTRING", "BINSTRING", "STRING",
}  # fmt: skip
_CONSTANT = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": set}
_TUPLE = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PUT = {"PUT", "BINPUT", "LONG_BINPUT"}
_GET = {"GET", "BINGET", "LONG_BINGET"}
_NOTHING = {"PROTO", "FRAME"}


def unpickled(raw: bytes) -> Any:
    """The value as plain data; an object is a dict of its state. `ValueError` for what this cannot read."""
    machine = _Machine()
    try:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(raw)):
            if opcode.name == "STOP":
                return _bounded(machine.stack.pop())
            if number > MOST:
                raise ValueError("it is too large")
            machine.step(opcode.name, argument)
    except (IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"its opcodes do not fit together ({type(error).__name__})") from None
    raise ValueError("it has no end")


def _bounded(value: Any) -> Any:
    """The value, when it is no larger written out than `MOST`: a part that occurs often, or in itself, counts often."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > MOST:
            raise ValueError("it is too large")
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple, set, frozenset)):
            waiting.extend(one)
    return value


class _Machine:
    """The stack, the marks on it and the memo of one value."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """What one opcode does to plain data."""
        stack = self.stack
        if name in _ARGUMENT:
            stack.append(argument)
        elif name in _CONSTANT:
            stack.append(_CONSTANT[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in _PUT:
            self._memo[argument] = stack[-1]
        elif name in _GET:
            stack.append(self._memo[argument])
        elif name == "MARK":
            self._marks.append(len(stack))
        elif name in _TUPLE:
            parts = tuple(stack[-_TUPLE[name] :])
            del stack[-_TUPLE[name] :]
            stack.append(parts)
        elif name not in _NOTHING:
            self._put_together(name, argument)

    def _put_together(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in ("APPENDS", "SETITEMS", "ADDITEMS", "TUPLE", "LIST", "DICT", "FROZENSET"):
            self._filled(name, self._above())
        elif name in ("APPEND", "SETITEM"):
            count = 1 if name == "APPEND" else 2
            above = stack[-count:]
            del stack[-count:]
            self._filled(f"{name}S", above)
        elif name == "GLOBAL":
            stack.append(str(argument))
        elif name == "STACK_GLOBAL":
            stack[-2:] = [f"{stack[-2]} {stack[-1]}"]
        elif name in ("NEWOBJ", "REDUCE"):  # the class or function is dropped, its arguments stay
            stack[-2:] = [{"": stack[-1]}]
        elif name == "NEWOBJ_EX":
            stack[-3:] = [{"": stack[-2], **stack[-1]}]
        elif name == "BUILD":
            state = stack.pop()
            for part in state if isinstance(state, tuple) else (state,):
                stack[-1].update(part or {})
        elif name == "POP":
            stack.pop()
        else:
            raise ValueError(f"it needs {name}, which plain data does not")

    def _above(self) -> list[Any]:
        mark = self._marks.pop()
        above = self.stack[mark:]
        del self.stack[mark:]
        return above

    def _filled(self, name: str, above: list[Any]) -> None:
        if name == "APPENDS":
            self.stack[-1].extend(above)
        elif name == "SETITEMS":
            self.stack[-1].update(zip(above[::2], above[1::2], strict=True))
        elif name == "ADDITEMS":
            self.stack[-1].update(above)
        elif name == "DICT":
            self.stack.append(dict(zip(above[::2], above[1::2], strict=True)))
        else:
            made = {"TUPLE": tuple, "LIST": list, "FROZENSET": frozenset}[name]
            self.stack.append(made(above))
