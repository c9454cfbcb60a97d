"""One registry of what was made from memory: text, key-value blocks and weights, with fidelity, staleness and cost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, Protocol

from remanence.errors import Conflict, IngestError, InvalidInput, NotFound
from remanence.types import Clock, Item, Scope

Form = Literal["kv", "weights"]
FORMS: tuple[Form, ...] = ("kv", "weights")
REGISTRY = "artefacts.json"


class Items(Protocol):
    """What is asked of a memory: whose it is, an item by its id, and the time."""

    @property
    def scope(self) -> Scope: ...

    @property
    def clock(self) -> Clock: ...

    def get(self, id: str, /) -> Item: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """An item that an artefact was made from, as it was then: version, a digest of its text, whose it is."""

    id: str
    version: int
    digest: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something derived from items for one model. Truth stays with the text; this can be made again at any time.

    `seconds` is the CPU time that it took, `bytes` its room on disk, `fidelity` what was measured when it was made,
    `uses` how often it was opened.
    """

    name: str
    form: Form
    model: str
    origins: tuple[Origin, ...]
    built: str
    seconds: float
    bytes: int
    file: str
    fidelity: dict[str, float] = field(default_factory=dict)
    uses: int = 0


def digest(text: str) -> str:
    """Eight bytes that say whether a text is still the same."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def forgotten(item: Item) -> bool:
    """Whether an item is hidden from recall: no artefact may speak for it."""
    return item.retired is not None or item.tier == "archived"


def origin(item: Item) -> Origin:
    """An item as a source, now."""
    return Origin(item.id, item.version, digest(item.text), item.scope)


class Artefacts:
    """The artefacts of one space, in a folder beside it.

    Before anything is handed out its sources are looked up: one that was edited, forgotten or erased makes it stale,
    and a stale artefact is refused. `sweep` erases the bytes of all stale ones; a memory does so by itself on every
    update, forget and erase, and when it opens, for what stands in the folder that `beside` names.
    A memory is shown, served and swept what was made of items that its scope sees; what others made of theirs stays.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.kept: dict[str, Artefact] = {}
        self._refresh()

    def _refresh(self) -> None:
        """Take up what others have entered and erased since; every change begins with this."""
        place = self.folder / REGISTRY
        self.kept = {}
        if place.is_file():
            try:
                told = json.loads(place.read_text("utf-8"))
                self.kept = {a.name: a for a in map(_read, told["artefacts"])}
            except (ValueError, KeyError, TypeError) as damage:
                raise IngestError(
                    f"{place} is damaged ({damage}): delete it, what it lists can be made again"
                ) from None

    @classmethod
    def beside(cls, space: str | Path) -> Artefacts:
        """Those of a space file, in `SPACE.attach`: where the memory itself erases what moved on."""
        place = Path(space)
        return cls(place.with_name(place.name + ".attach"))

    def add(
        self,
        form: Form,
        model: str,
        items: Sequence[Item],
        write: Callable[[Path], None],
        *,
        built: str,
        seconds: float,
        fidelity: dict[str, float],
    ) -> Artefact:
        """Enter an artefact and write its file; one with the same form, model and items is replaced.

        It is entered first, so that what a kill leaves of the file is known by its items and erased with them.
        """
        if not items:
            raise InvalidInput("an artefact needs at least one item")
        self.folder.mkdir(parents=True, exist_ok=True)
        origins = tuple(map(origin, items))
        key = "|".join([form, model, *(o.id for o in origins)])
        name = f"{form}-{blake2b(key.encode(), digest_size=6).hexdigest()}"
        file = f"{name}.safetensors"
        started = Artefact(name, form, model, origins, built, seconds, 0, file, fidelity)
        self._enter(started)
        with ExitStack() as undo:
            undo.callback(self.erase, [name])
            write(self.folder / file)
            undo.pop_all()
        made = replace(started, bytes=(self.folder / file).stat().st_size)
        self._enter(made)
        return made

    def _enter(self, artefact: Artefact) -> None:
        self._refresh()
        self.kept[artefact.name] = artefact
        self._save()

    def stale(self, artefact: Artefact, memory: Items) -> str:
        """Why an artefact must not be used any more; empty when it may."""
        for source in artefact.origins:
            try:
                item = memory.get(source.id)
            except NotFound:
                return f"{source.id} was erased"
            if forgotten(item):
                return f"{source.id} was forgotten"
            if digest(item.text) != source.digest:
                return f"{source.id} was edited (version {item.version}, made from {source.version})"
        return ""

    def open(self, name: str, memory: Items, model: str) -> Path:
        """The file of an artefact that is fresh and of this model. Conflict where it is stale."""
        self._refresh()
        own = {a.name: a for a in self.seen(memory.scope)}
        artefact = own.get(name)
        if artefact is None:
            raise NotFound(f"no artefact {name!r}; there are: {', '.join(own) or 'none'}")
        if not artefact.bytes:
            raise Conflict(f"{name} was not written to its end: promote again")
        if artefact.model != model:
            raise Conflict(f"{name} was made for model {artefact.model}, not for {model}: promote again")
        reason = self.stale(artefact, memory)
        if reason:
            self.erase([name])
            raise Conflict(f"{name} is stale: {reason}; its bytes are erased, promote again")
        self.kept[name] = replace(artefact, uses=artefact.uses + 1)
        self._save()
        return self.folder / artefact.file

    def sweep(self, memory: Items, ids: Iterable[str] | None = None) -> dict[str, str]:
        """Erase every stale artefact of this memory, or those that hold any of `ids`; name -> why."""
        self._refresh()
        looked = self.seen(memory.scope) if ids is None else self.of(ids)
        reasons = {artefact.name: self.stale(artefact, memory) for artefact in looked}
        gone = {name: reason for name, reason in reasons.items() if reason}
        if gone:
            self.erase(gone)
        return gone

    def erase(self, names: Iterable[str]) -> None:
        """Overwrite the files of artefacts, remove them, and strike them out."""
        self._refresh()
        for name in list(names):
            artefact = self.kept.pop(name, None)
            if artefact is not None:
                shred(self.folder / artefact.file)
        if self.folder.is_dir():
            self._save()

    def seen(self, scope: Scope) -> list[Artefact]:
        """Artefacts of items that a scope sees."""
        return [a for a in self.kept.values() if all(scope.sees(o.scope) for o in a.origins)]

    def of(self, ids: Iterable[str], form: Form | None = None, scope: Scope | None = None) -> list[Artefact]:
        """Artefacts that were made from any of some items; with `scope` only those that it sees."""
        wanted = set(ids)
        return [
            a for a in (self.kept.values() if scope is None else self.seen(scope))
            if (form is None or a.form == form) and wanted & {o.id for o in a.origins}
        ]  # fmt: skip

    def status(self, memory: Items) -> list[dict[str, Any]]:
        """One line an artefact: what it is, of which items, fidelity, cost, use, and why it is stale if it is."""
        return [
            {
                "name": a.name, "form": a.form, "model": a.model, "items": [o.id for o in a.origins],
                "bytes": a.bytes, "seconds": a.seconds, "uses": a.uses, "fidelity": a.fidelity, "built": a.built,
                "stale": self.stale(a, memory),
            }
            for a in self.seen(memory.scope)
        ]  # fmt: skip

    def _save(self) -> None:
        place = self.folder / REGISTRY
        beside = place.with_name(place.name + ".part")
        told = {"artefacts": [asdict(a) for a in self.kept.values()]}
        beside.write_text(json.dumps(told, indent=1), "utf-8")
        os.replace(beside, place)


def _read(told: dict[str, Any]) -> Artefact:
    origins = tuple(Origin(**{**o, "scope": Scope(**o.get("scope", {}))}) for o in told["origins"])
    return Artefact(**{**told, "origins": origins})


def shred(path: Path) -> None:
    """Overwrite a file with zeros, flush them to the disk, and remove it."""
    if path.is_file():
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def worth(*, uses: float, prefill: float, attach: float, build: float, rebuilds: float = 0.0) -> bool:
    """Whether promotion pays: uses * (prefill - attach) > build * (1 + rebuilds), all in seconds."""
    return uses * (prefill - attach) > build * (1 + rebuilds)
