"""Our postings against SQLite's FTS5: time, size, and whether another user's data moves a score.

    python experiments/words_index.py [--sizes 10000,100000]

Texts are generated from a seed (Zipf-distributed words, about 28 words a turn), queries are six of those words.
Both indexes get the same terms (stemmed, stop words dropped), so only the index differs.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator

import apsw
import numpy as np

from remanence.store.index import Index
from remanence.store.view import VisibleRows, visible
from remanence.store.words import terms
from remanence.types import Scope, Where

SYLLABLES = [*[a + b for a in "bcdfghklmnprstvwxyz" for b in "aeiou"][::5], "co", "di", "fu", "he"]


def _vocabulary(size: int, chance: random.Random) -> list[str]:
    return ["".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))) for _ in range(size)]


def _texts(count: int, chance: random.Random) -> tuple[list[str], list[str]]:
    words = _vocabulary(20_000, chance)
    weights = 1 / np.arange(1, len(words) + 1) ** 0.9
    draw = np.random.default_rng(chance.randrange(2**31)).choice(len(words), (count, 16), p=weights / weights.sum())
    texts = [" ".join(words[i] for i in row) for row in draw]
    queries = [
        " ".join(words[i] for i in np.random.default_rng(n).choice(len(words), 6, p=weights / weights.sum()))
        for n in range(200)
    ]
    return texts, queries


def _ours(texts: list[str], users: list[str]) -> tuple[Index, dict[str, int], float]:
    start = time.process_time()
    index, codes = Index(8), {}
    index.add_rows(
        [
            (n + 1, n + 1, "turn", None, None, None, 1, None, user, None, None, None, 1.0, "hot")
            for n, user in enumerate(users)
        ]
    )
    all_codes, all_tf, counts = [], [], []
    for text in texts:
        counted: dict[int, int] = {}
        for term in terms(text):
            code = codes.setdefault(term, len(codes))
            counted[code] = counted.get(code, 0) + 1
        all_codes += counted
        all_tf += counted.values()
        counts.append(len(counted))
    index.add_words(np.arange(len(texts)), np.array(all_codes, np.uint32), np.array(all_tf, np.uint8), np.array(counts))
    return index, codes, time.process_time() - start


def _fts(texts: list[str]) -> tuple[apsw.Connection, float]:
    start = time.process_time()
    db = apsw.Connection(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', contentless_delete=1, detail='column')")
    with db:
        db.executemany(
            "INSERT INTO t(rowid, x) VALUES(?, ?)", ((n + 1, " ".join(terms(text))) for n, text in enumerate(texts))
        )
    return db, time.process_time() - start


def _timed(queries: list[str], ask: object) -> str:
    assert callable(ask)
    took = []
    for query in queries:
        start = time.process_time()
        ask(query)
        took.append((time.process_time() - start) * 1e3)
    p50, p95 = np.percentile(took, [50, 95])
    return f"p50 {p50:.2f} ms, p95 {p95:.2f} ms"


def _sizes(text: str) -> Iterator[int]:
    return (int(part) for part in text.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    for size in _sizes(parser.parse_args().sizes):
        texts, queries = _texts(size, random.Random(1))
        users = ["ann" if n % 10 == 0 else "crowd" for n in range(size)]
        index, codes, built = _ours(texts, users)
        db, fts_built = _fts(texts)
        everyone = visible(index, Scope("crowd"), Where(), 2)

        def ours(query: str, index: Index = index, codes: dict[str, int] = codes, seen: VisibleRows = everyone) -> None:
            rows, scores = index.bm25([codes[t] for t in terms(query) if t in codes], seen)
            np.argpartition(-scores, min(100, len(scores) - 1)) if len(scores) > 1 else rows

        def fts(query: str, db: apsw.Connection = db) -> None:
            match = " OR ".join(f'"{t}"' for t in terms(query))
            db.execute("SELECT rowid, bm25(t) FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 100", (match,)).fetchall()

        print(f"{size:,} turns: ours {_timed(queries, ours)}, built at {size / built:,.0f} a second")
        print(f"{size:,} turns: FTS5 {_timed(queries, fts)}, built at {size / fts_built:,.0f} a second")

    word = "heron"
    db = apsw.Connection(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(user UNINDEXED, x)")
    db.executemany("INSERT INTO t VALUES('ann', ?)", [(f"{word} lake",), ("fox wood",), ("rain lake",)])
    ask = "SELECT bm25(t) FROM t WHERE t MATCH 'heron' AND user='ann'"
    before = db.execute(ask).get
    db.executemany("INSERT INTO t VALUES('bob', ?)", [(f"{word} {n}",) for n in range(3)])
    print(
        f"FTS5: ann's score moves from {before:.3f} to {db.execute(ask).get:.3f} when bob adds three texts; ours stays"
    )


if __name__ == "__main__":
    main()
