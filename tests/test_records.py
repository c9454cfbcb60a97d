"""Classes made by `records.dataclass` behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from remanence.records import dataclass as quick

SORTS = [
    {"frozen": frozen, "slots": slots, "eq": eq} for frozen in (True, False) for slots in (True, False)
    for eq in (True, False)
]  # fmt: skip
sorts = pytest.mark.parametrize("how", SORTS, ids=lambda how: "-".join(name for name, on in how.items() if on))


def point(made: Callable[..., Any], how: dict[str, bool]) -> Any:
    """One class, made by one of the two decorators."""

    class Point:
        """A place."""

        x: int
        y: int = 2
        tags: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False)
        made: int = field(default=7, init=False)
        lines: list[str] = field(default_factory=list, init=False, repr=False)
        later: int = field(init=False, repr=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "later", self.x * 2)

        def moved(self) -> Any:
            return dataclasses.replace(self, x=self.x + 1)

    return made(**how)(Point)


def outcome(act: Callable[[], Any]) -> Any:
    """What a call gives, or the type of what it raises."""
    try:
        return act()
    except Exception as error:
        return type(error)


@sorts
def test_it_behaves_as_the_library_does(how: dict[str, bool]) -> None:
    """Making, comparing, hashing, showing, changing, copying, taking apart: one answer from both."""
    acts: list[Callable[[Any], Any]] = [
        lambda P: repr(P(1)).rpartition(".")[2],
        lambda P: (P(1, 3, ["a"], "b").tags, P(x=1).y, P(1).tags is P(1).tags),
        lambda P: (P(3).made, P(3).lines, P(3).later),
        lambda P: P(1, made=2),
        lambda P: P(),
        lambda P: P(1, z=2),
        lambda P: (P(1) == P(1), P(1) == P(2), P(1, note="a") == P(1, note="b"), P(1) == (1, 2)),
        lambda P: (lambda one, other: hash(one) == hash(other))(P(1, tags=()), P(1, tags=(), note="other")),
        lambda P: hash(P(1)) is None,
        lambda P: setattr(P(1), "x", 5),
        lambda P: delattr(P(1), "x"),
        lambda P: issubclass(outcome(lambda: setattr(P(1), "unknown", 5)) or object, Exception),
        lambda P: [one.name for one in dataclasses.fields(P)],
        lambda P: dataclasses.asdict(P(1, tags=["a"])),
        lambda P: (P(1).moved().x, P.__doc__, P.__match_args__, hasattr(P(1), "__dict__")),
        lambda P: (copy.copy(P(4)).x, copy.deepcopy(P(4, tags=["a"])).tags),
        lambda P: [(one.name, one.kind) for one in inspect.signature(P).parameters.values()],
        lambda P: P.__init__.__annotations__,
    ]

    expected = [outcome(lambda act=act: act(point(dataclasses.dataclass, how))) for act in acts]

    assert expected == [outcome(lambda act=act: act(point(quick, how))) for act in acts]


@quick(frozen=True, slots=True)
class Base:
    """With a field."""

    name: str
    parts: tuple[str, ...] = ()


@quick(frozen=True, slots=True)
class Derived(Base):
    """With another default, a field more, a method of its own and a check."""

    parts: tuple[str, ...] = ("one",)
    when: str = "now"

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a name")

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __hash__(self) -> int:
        return 7


@quick(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Named only."""

    k: int = 5
    name: str


def test_a_class_may_derive_from_another_and_keep_its_own_methods() -> None:
    """Fields come first from the base; what the class writes itself stays."""
    one = Derived("a")

    assert (("one",), "now", "<a>", 7) == (one.parts, one.when, repr(one), hash(one))
    assert Base("a", ("one",)) != one
    with pytest.raises(ValueError, match="a name"):
        Derived("")


def test_a_frozen_one_with_slots_can_be_pickled() -> None:
    """Between the processes of a pool, as with the library's."""
    assert Base("a", ("b",)) == pickle.loads(pickle.dumps(Base("a", ("b",))))


def test_fields_by_name_only_have_no_order() -> None:
    """A default may stand before a field without one, and no value is given by place."""
    assert 5 == Knobs(name="a").k
    with pytest.raises(TypeError):
        Knobs("a")  # type: ignore[call-arg]


def test_it_may_derive_from_a_class_of_the_library() -> None:
    """Then it is the library's too, frozen as its base is."""

    @dataclasses.dataclass(frozen=True)
    class Plain:
        x: int = 1

    @quick(frozen=True)
    class Further(Plain):
        y: int = 2

    assert (1, 2) == (Further().x, Further().y)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Further().x = 3  # type: ignore[misc]


def test_a_pattern_takes_it_apart() -> None:
    """`match` knows the fields."""
    match Derived("a", when="then"):
        case Derived(name, when=when):
            assert ("a", "then") == (name, when)
        case _:
            pytest.fail("no match")


def test_what_makes_an_instance_is_compiled_when_the_first_is_made() -> None:
    """Also where the first is one of a class that derives from it; a look at the signature sees it too."""

    @quick(frozen=True, slots=True)
    class Base:
        x: int
        y: int = 2

    class Derived(Base):
        """Adds nothing."""

    @quick()
    class Other:
        z: str = "z"

    late = type(vars(Base)["__init__"])
    assert late is type(vars(Other)["__init__"])

    assert (1, 2) == (Derived(1).x, Derived(1).y)
    assert "(x: 'int', y: 'int' = 2) -> None" == str(inspect.signature(Base))
    assert "(z: 'str' = 'z') -> None" == str(inspect.signature(Other))
    assert late is not type(vars(Base)["__init__"])


@pytest.mark.parametrize("kind", ["ClassVar[int]", "InitVar[int]", "KW_ONLY"])
def test_a_field_that_is_none_is_refused(kind: str) -> None:
    """It would be taken for one of the instance's."""
    with pytest.raises(TypeError, match="use the library's dataclass"):
        quick()(type("Odd", (), {"__annotations__": {"x": kind}}))


def test_a_default_that_instances_would_share_is_refused() -> None:
    """As the library refuses it."""
    with pytest.raises(ValueError, match="mutable default"):
        quick()(type("Odd", (), {"__annotations__": {"x": "list"}, "x": []}))
