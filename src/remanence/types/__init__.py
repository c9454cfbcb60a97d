"""The nouns: what is remembered, what changes it, what asks for it, and the seams to the outside.

Everything that crosses a room's door is one of these.
Times are aware `datetime`s in UTC; scores lie in [0, 1], higher is better; `rows` are positions in a
store's in-memory columns (one per stored version) and mean nothing outside the call that got them.
"""

from remanence.types.arrays import Floats, Rows
from remanence.types.changes import Change, Counts, JournalRow, Receipt, Retire, Touch, Update
from remanence.types.cue import EVERYTHING, MAX_CUE, MAX_K, Cue, Where
from remanence.types.hits import Context, Hit, Hits, Mark, State
from remanence.types.items import FIRM, MAX_TEXT, RELS, TIERS, TRUST, Evidence, Item, Link, keys_of
from remanence.types.kinds import KINDS, MAX_DATA, MAX_DEPTH, Kind, check_data, check_data_each
from remanence.types.later import Later
from remanence.types.models import Chat, Embedder, Messages, Reader, Reading, Schema
from remanence.types.scope import Scope, shared
from remanence.types.times import NEVER, OPEN, Clock, iso, micros, micros_each, moment, moments, utc_now
from remanence.types.view import UNSEEN, Columns, Direction, Edges, StoreView, TermMatches

__all__ = [
    "EVERYTHING",
    "FIRM",
    "Change",
    "Chat",
    "Clock",
    "Columns",
    "Context",
    "Counts",
    "Cue",
    "Direction",
    "Edges",
    "Embedder",
    "Evidence",
    "Floats",
    "Hit",
    "Hits",
    "Item",
    "JournalRow",
    "KINDS",
    "Kind",
    "Later",
    "Link",
    "MAX_CUE",
    "MAX_DATA",
    "MAX_DEPTH",
    "MAX_K",
    "MAX_TEXT",
    "Mark",
    "Messages",
    "NEVER",
    "OPEN",
    "RELS",
    "Reader",
    "Reading",
    "Receipt",
    "Retire",
    "Rows",
    "Schema",
    "Scope",
    "State",
    "StoreView",
    "TermMatches",
    "TIERS",
    "TRUST",
    "Touch",
    "UNSEEN",
    "Update",
    "Where",
    "check_data",
    "check_data_each",
    "iso",
    "keys_of",
    "micros",
    "micros_each",
    "moment",
    "moments",
    "shared",
    "utc_now",
]
