"""Whom "he", "she" and "it" mean in a chat: who and what was named last, and of which sort they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field

from remanence.language.statements.predicates.words import HER, HIM
from remanence.records import dataclass

LONG_AGO, KEPT = 3, 12  # turns after which nobody means with "she" whom nobody has named since; names kept


@dataclass(slots=True)
class Named:
    """Somebody who was named: how, which pronoun means them, whether a beast, in which turn."""

    name: str
    pronoun: str = ""
    beast: bool = False
    turn: int = field(default=0)


@dataclass(slots=True)
class Company:
    """Who else is there in a user's chats: in which turn last somebody else's weight or pills were spoken of (others).

    people: who ever spoke. serve: who of them speaks of "your order" and "your ticket".
    """

    turn: int = 0
    others: int | None = None
    people: Callable[[], Iterable[str]] = tuple
    serve: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Focus:
    """Who and what a chat speaks of: people and beasts, last named last, and for each speaker the last thing.

    things: speaker -> (whose it is, what it is, the turn, the sentence). company: who else
    there is, in other chats of the same people too.
    """

    turn: int = 0
    named: list[Named] = field(default_factory=list)
    things: dict[str, tuple[str, str, int, str]] = field(default_factory=dict)
    company: Company = field(default_factory=Company)

    def name(self, name: str, role: str = "", *, beast: bool = False) -> None:
        """Take note of somebody; role: a word that says which pronoun means them ("sister")."""
        known = next((one for one in self.named if one.name == name), None)
        pronoun = "she" if role in HER else "he" if role in HIM else known.pronoun if known is not None else ""
        beast = beast or (known is not None and known.beast)
        self.named = [
            *(one for one in self.named if one.name != name),
            Named(name, pronoun, beast, self.turn),
        ][-KEPT:]

    def meant(self, pronoun: str, *, but: str = "") -> Named | None:
        """Whom a pronoun means: the last one named that it can mean, unless it was long ago; but: not this one."""
        for one in reversed(self.named):
            if self.turn - one.turn > LONG_AGO:
                return None
            if one.name != but and one.pronoun in ("", pronoun) and not (pronoun == "they" and one.beast):
                one.pronoun = one.pronoun or pronoun
                one.turn = self.turn
                self.named = [*(other for other in self.named if other is not one), one]
                return one
        return None

    def known(self, name: str) -> Named | None:
        """Somebody of this name, whoever named them."""
        low = name.lower()
        return next((one for one in reversed(self.named) if one.name.lower() == low), None)

    def thing(self, speaker: str) -> tuple[str, str] | None:
        """What "it" means to a speaker: (whose, what), None where nothing was named of late."""
        owner, what, turn, _ = self.things.get(speaker, ("", "", -9, ""))
        return (owner, what) if what and self.turn - turn <= 2 else None
