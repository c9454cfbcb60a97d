"""Cuts running text into verbatim pieces at the best place near a length: paragraph, sentence, word."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from remanence.ingest.source import Broken, Source

CHUNK = 2_000
"""Usual longest piece of a document, in characters."""

_LINE = 64 * 2**10
_ENDS = ("\n\n", "\n", ". ", "! ", "? ", "。", "！", "？", "; ", " ")


def split(text: str, longest: int = CHUNK) -> Iterator[tuple[int, str]]:
    """(offset, piece) with `text[offset:offset + len(piece)] == piece`; white space between pieces is left out.

    Linear in the text: every cut looks at one window.
    """
    start, end = 0, len(text)
    while end and text[end - 1].isspace():
        end -= 1
    while start < end:
        if text[start].isspace():
            start += 1
            continue
        stop = end
        if end - start > longest:
            stop = start + longest
            for mark in _ENDS:
                found = text.rfind(mark, start + longest // 2, stop)
                if found >= 0:
                    stop = found + len(mark)
                    break
        piece = text[start:stop].rstrip()
        yield start, piece
        start = stop


def text_lines(source: Source) -> Iterator[tuple[int, str]]:
    """(line number, text) of a UTF-8 file, line ends as "\\n"; very long lines come in several parts.

    A line that is not UTF-8 is bad; when bad ones are skipped, its wrong bytes become U+FFFD.
    """
    number = 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open() as stream:
        try:
            while raw := stream.readline(_LINE):
                state = decoder.getstate()
                ended = raw.endswith(b"\n")
                try:
                    text = decoder.decode(raw, final=ended)
                except UnicodeDecodeError:
                    lost = "; what cannot be read of it became \ufffd" if source.skip_bad else ""
                    source.bad(number, f"the line is not UTF-8{lost}; save the file as UTF-8")
                    text = (state[0] + raw).decode("utf-8", "replace")
                    decoder.reset()
                yield number, text[:-2] + "\n" if text.endswith("\r\n") else text
                number += ended
        except Broken as error:
            source.bad(number, str(error))
