"""Every error that Remanence raises, in one tree.

RemanenceError
├── StoreError              the space file
│   ├── MigrationError      the file's schema is newer than this program, or a migration failed
│   ├── NotFound            no such item
│   ├── Locked              another process holds the writer lock for too long
│   ├── IntegrityError      a checksum does not match, or a stored row is damaged
│   ├── StoreFull           no space left on the device
│   ├── Conflict            an idempotency key was used with other content, or a version moved on
│   │   └── Moved           a change was made on an earlier commit than the space stands at
│   └── ScopeError          a scope is empty, wild, or not the handle's own
├── ModelError              embedders and language models
│   ├── ModelMissing        an optional model or package is not installed
│   ├── ModelMismatch       stored vectors come from another model: run `remanence reembed`
│   └── BadReply            a model answered with something that does not validate
├── RecipeError             compositions
│   ├── UnknownRecipe       no recipe of that name (the message lists near names)
│   └── BadKnob             a stage or recipe got a setting that it does not have or cannot use
├── IngestError             input that cannot be read (the message names the line and the cure)
├── InvalidInput            an argument that cannot be used (also a ValueError)
├── Skipped                 a benchmark, a system or a check cannot run here (it says why, and what to get)
└── BudgetExceeded          a bound on size, time, tokens or money was hit
"""

from __future__ import annotations


class RemanenceError(Exception):
    """Root of every error that Remanence raises on purpose."""


class StoreError(RemanenceError):
    """The space file cannot do what was asked."""


class MigrationError(StoreError):
    """The space was written by a newer program, or a migration could not be applied."""


class NotFound(StoreError):
    """No item with that id is visible in this scope."""


class Locked(StoreError):
    """Another process holds the writer lock for longer than the time-out."""


class IntegrityError(StoreError):
    """A stored payload does not match its checksum."""


class StoreFull(StoreError):
    """The device is full or a file-size limit was hit; reads keep working."""


class Conflict(StoreError):
    """An idempotency key came back with other content, or a version check failed."""


class Moved(Conflict):
    """A change was made on an earlier commit than the space stands at."""


class ScopeError(StoreError):
    """A scope is empty, wild or not the handle's own."""


class ModelError(RemanenceError):
    """An embedder or a language model failed."""


class ModelMissing(ModelError):
    """An optional model or package is not installed; the message names the extra."""


class ModelMismatch(ModelError):
    """The stored vectors were made by another model; run `remanence reembed`."""


class BadReply(ModelError):
    """A model's reply did not validate after the allowed retries."""


class RecipeError(RemanenceError):
    """A composition of stages is wrong."""


class UnknownRecipe(RecipeError):
    """No recipe of that name; the message lists near names."""


class BadKnob(RecipeError):
    """A stage or recipe was given a setting that it does not have or cannot use."""


class IngestError(RemanenceError):
    """Input could not be read; the message names the line and the cure."""


class InvalidInput(RemanenceError, ValueError):
    """An argument cannot be used; the message says what would do."""


class Skipped(RemanenceError):
    """Something cannot run here; `reason` says why and `where` how to get what is missing."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"SKIPPED ({reason})" + (f"; get it: {where}" if where else ""))
        self.reason = reason
        self.where = where


class BudgetExceeded(RemanenceError):
    """A bound on size, time, tokens or money was hit."""
