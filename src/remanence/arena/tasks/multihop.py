"""MuSiQue, HotpotQA and 2Wiki in the form that HippoRAG uses: questions over one shared corpus of passages.

Layout: `hipporag/<set>*.json` and `hipporag/<set>*_corpus.json`. Verified on the MuSiQue and HotpotQA
training parts; 2WikiMultihopQA follows the same layout (supporting facts by title, corpus as a list of
title and text) and is not verified. The whole corpus is searched, not the passages of one question.
`migres` reads samples as their sets publish them, `migres/{musique,hotpot,2wiki}.jsonl`, each question with its own
paragraphs; the paragraphs of all questions of a set are one corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped

WHERE = "https://github.com/OSU-NLP-Group/HippoRAG (reproduce/dataset)"


def musique(files: Files) -> Iterator[Pool]:
    """One pool: the corpus and all questions."""
    yield _pool(files, "musique")


def hotpotqa(files: Files) -> Iterator[Pool]:
    """One pool: the corpus and all questions."""
    yield _pool(files, "hotpotqa")


def two_wiki(files: Files) -> Iterator[Pool]:
    """One pool: the corpus and all questions."""
    yield _pool(files, "2wikimultihopqa")


def migres(files: Files, *, sets: str = "musique+hotpot+2wiki") -> Iterator[Pool]:
    """One pool a set that is there: all paragraphs of its questions, and the questions."""
    missing = []
    for name in sets.split("+"):
        try:
            (path, *_) = files.need("migres", f"{name}.jsonl")
        except Skipped as skipped:
            missing.append(skipped)
            continue
        rows = files.lines(path)
        yield _joined(name, [passage for row in rows for passage in _own_passages(row)], rows)
    if len(missing) == len(sets.split("+")):
        raise missing[0]


def _own_passages(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(title, text) of the paragraphs that come with a question."""
    for paragraph in row.get("paragraphs", ()):  # MuSiQue
        yield paragraph["title"], paragraph["paragraph_text"]
    for title, sentences in row.get("context", ()):  # HotpotQA and 2Wiki
        yield title, "".join(sentences)


def _pool(files: Files, name: str) -> Pool:
    corpora = files.need("hipporag", f"{name}_corpus.json", f"{name}*_corpus.json")
    passages = [passage for path in corpora for passage in _passages(files.json(path))]
    paths = files.need("hipporag", f"{name}.json", f"{name}*.json")
    asked = [path for path in paths if "_corpus" not in path.name and "openie" not in path.name]
    return _joined(name, passages, [row for path in asked for row in files.json(path)])


def _joined(name: str, passages: Iterable[tuple[str, str]], rows: Iterable[dict[str, Any]]) -> Pool:
    """One corpus of the different passages, and the questions with the passages that answer them."""
    records: list[Record] = []
    by_text: dict[tuple[str, str], str] = {}
    by_title: dict[str, list[str]] = {}
    for title, text in passages:
        if not text.strip() or (title, _plain(text)) in by_text:
            continue
        source = f"p{len(records)}"
        records.append(Record(source, f"{title}\n{text}", kind="chunk", data={"title": title}))
        by_text[title, _plain(text)] = source
        by_title.setdefault(title, []).append(source)
    return Pool(name, tuple(records), tuple(_question(row, by_text, by_title) for row in rows))


def _passages(corpus: Any) -> Iterator[tuple[str, str]]:
    """(title, text) of a corpus: a list of objects, or title -> sentences."""
    if isinstance(corpus, dict):
        for title, sentences in corpus.items():
            yield title, sentences if isinstance(sentences, str) else "".join(sentences)
    else:
        for row in corpus:
            yield row["title"], row["text"]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _question(row: dict[str, Any], by_text: dict[tuple[str, str], str], by_title: dict[str, list[str]]) -> Question:
    if "paragraphs" in row:  # MuSiQue
        named = [
            by_text.get((p["title"], _plain(p["paragraph_text"]))) for p in row["paragraphs"] if p["is_supporting"]
        ]
        evidence = [source for source in named if source]
        lost = len(named) - len(evidence)
        category = f"{row['id'].split('hop')[0]}-hop"
    else:  # HotpotQA and 2Wiki name titles
        titles = list(dict.fromkeys(title for title, _ in row["supporting_facts"]))
        evidence = [source for title in titles for source in by_title.get(title, [])[:1]]
        lost = len(titles) - len(evidence)
        category = str(row.get("type", "all"))
    answers = [row["answer"], *row.get("answer_aliases", [])]
    answerable = bool(row.get("answerable", True))
    return Question(
        id=str(row.get("id") or row["_id"]),
        text=row["question"],
        answers=tuple(str(answer) for answer in answers) if answerable else (),
        evidence=tuple(dict.fromkeys(evidence)),
        category=category,
        answerable=answerable,
        lost=lost,
    )
