"""`dataclass` as in the standard library, for classes that every start of a command makes: four times as quick to make.

Before Python 3.13 the library compiles up to seven functions for each class, about 0.7 ms; 50 classes are a quarter of
what a cold command does. Here one is compiled, `__init__`, when the first instance is made, and the others are shared.
`fields`, `replace`, `asdict`, `copy` and pattern matching work, and type checkers see the library's own. It knows
`frozen`, `slots`, `eq` and `kw_only`; not `order`, `unsafe_hash`, `InitVar` and `ClassVar`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import abc
    import dataclasses
    from operator import attrgetter

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False):
        """The decorator; the library finds the fields and makes the slots."""

        def made(cls: type) -> type:
            if cls.__doc__ is None:
                cls.__doc__ = cls.__name__  # the library would take a signature apart for one, with the tokenizer
            above = [base for base in reversed(cls.__mro__[1:]) if dataclasses.is_dataclass(base)]
            if any(base.__dataclass_params__.frozen for base in above):
                return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)(
                    cls
                )  # the library's own
            own = set(cls.__dict__)
            every = {name: one for base in above for name, one in base.__dataclass_fields__.items()}
            every |= {name: _field(cls, name, kind, kw_only) for name, kind in cls.__annotations__.items()}
            given = {"__dataclass_fields__": every, "__dataclass_params__": _LIKE.__dataclass_params__}
            taken = tuple(name for name, one in every.items() if one.init and not one.kw_only)
            given |= {"__match_args__": taken, "__init__": _Late(frozen), "__repr__": _repr}
            if eq:
                key = _key([name for name, one in every.items() if one.compare])
                given["__eq__"] = _eq(key)
                given["__hash__"] = _hash(key) if frozen else None
            if frozen:
                given |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
            if frozen and slots:
                given |= {"__getstate__": _state, "__setstate__": _restore}
            if hasattr(_LIKE, "__replace__"):  # since Python 3.13
                given["__replace__"] = _LIKE.__replace__
            given = {name: value for name, value in given.items() if name not in own}
            if slots:
                cls = _slotted(cls, every, given)
            else:
                for name, value in given.items():
                    setattr(cls, name, value)
            if "__init__" in given:
                given["__init__"].owner = cls
            return abc.update_abstractmethods(cls)

        return made

    @dataclasses.dataclass(init=False, repr=False, eq=False)
    class _LIKE:
        """A class of the library's, for what it marks its own with."""

        field: int

    _KIND = dataclasses.fields(_LIKE)[0]._field_type

    def _field(cls: type, name: str, kind: str, kw_only: bool):
        """The library's `Field` of an annotation; `TypeError` for one that this decorator does not know."""
        if "ClassVar" in kind or "InitVar" in kind or "KW_ONLY" in kind:
            raise TypeError(f"{cls.__qualname__}.{name}: fields only; use the library's dataclass")
        value = cls.__dict__.get(name, dataclasses.MISSING)
        found = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
        found.name, found.type, found._field_type = name, kind, _KIND
        if found.kw_only is dataclasses.MISSING:
            found.kw_only = kw_only
        if found.default is not dataclasses.MISSING and found.default.__class__.__hash__ is None:
            raise ValueError(f"mutable default {type(found.default)} for field {name} is not allowed")
        if found is value:
            if found.default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, found.default)
        return found

    def _slotted(cls: type, every: dict, given: dict) -> type:
        """The class once more, with a slot for each of its own fields, as the library makes it."""
        held = {slot for base in cls.__mro__[1:-1] for slot in getattr(base, "__slots__", ())}
        body = {name: value for name, value in cls.__dict__.items() if name not in every}
        body |= given | {"__slots__": tuple(name for name in every if name not in held)}
        body.pop("__dict__", None)
        body.pop("__weakref__", None)
        made = type(cls)(cls.__name__, cls.__bases__, body)
        made.__qualname__ = cls.__qualname__
        return made

    class _Late:
        """`__init__` that is compiled when the first instance is made; most classes make none in one command."""

        def __init__(self, frozen: bool) -> None:
            self.frozen, self.owner = frozen, object

        def __get__(self, instance: object, cls: type | None = None):
            made = _init(self.owner, list(self.owner.__dataclass_fields__.values()), self.frozen)
            self.owner.__init__ = made
            return made.__get__(instance, cls)

    def _init(cls: type, every: tuple, frozen: bool):
        """The one function that is compiled: positional or named, with the fields' defaults."""
        known = {"_put": object.__setattr__, "_missing": dataclasses.MISSING}
        takes, body, named = ["self"], [], False
        for field in sorted(every, key=lambda field: bool(field.kw_only)):
            name, takes_it, value = field.name, field.name, field.name
            if field.default is not dataclasses.MISSING:
                known[f"_default_{name}"] = field.default
                takes_it, value = f"{name}=_default_{name}", name if field.init else f"_default_{name}"
            elif field.default_factory is not dataclasses.MISSING:
                known[f"_make_{name}"] = field.default_factory
                takes_it = f"{name}=_missing"
                value = f"_make_{name}() if {name} is _missing else {name}" if field.init else f"_make_{name}()"
            elif not field.init:
                continue
            if field.init:
                takes += ["*", takes_it] if field.kw_only and not named else [takes_it]
                named = named or bool(field.kw_only)
            body.append(f"_put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append("self.__post_init__()")
        exec(f"def __init__({', '.join(takes)}):\n " + "\n ".join(body or ["pass"]), known)
        init = known["__init__"]
        init.__qualname__, init.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
        init.__annotations__ = {field.name: field.type for field in every if field.init} | {"return": None}
        return init

    def _key(names: list[str]):
        """What instances compare and hash by: a tuple of their fields."""
        if len(names) > 1:
            return attrgetter(*names)
        return lambda one: tuple(getattr(one, name) for name in names)

    def _eq(key):
        def __eq__(self: object, other: object) -> bool:
            return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

        return __eq__

    def _hash(key):
        def __hash__(self: object) -> int:
            return hash(key(self))

        return __hash__

    def _repr(self: object) -> str:
        shown = [field.name for field in dataclasses.fields(self) if field.repr]
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({told})"

    def _refuse_set(self: object, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self: object, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self: object) -> list:
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _restore(self: object, state: list) -> None:
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)


__all__ = ["dataclass"]
