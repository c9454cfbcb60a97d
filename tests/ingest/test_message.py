"""What `message` accepts, what it makes of it, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput, RemanenceError
from remanence.ingest.content import MAX_SOURCE
from remanence.ingest.message import MAX_NAME, Message, mend, message
from remanence.ingest.times import when
from remanence.types import MAX_DATA, MAX_DEPTH, MAX_TEXT

NOW = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


def test_a_plain_text_is_said_now_by_the_user() -> None:
    """The shortest call keeps the words, the present time and the caller's trust."""
    made = message("The kiln is fixed.", now=NOW)

    assert Message("The kiln is fixed.", at=NOW, trust="user") == made


@pytest.mark.parametrize("key", ["who", "speaker", "name", "author", "sender"])
def test_every_word_for_the_speaker_is_understood(key: str) -> None:
    """A chat log may call the speaker what it likes."""
    assert message({key: "Ann", "text": "Hi"}).who == "Ann"


@pytest.mark.parametrize("key", ["text", "content"])
def test_every_word_for_the_text_is_understood(key: str) -> None:
    """`text` and `content` are the same thing."""
    assert message({"who": "Ann", key: "Hi"}).text == "Hi"


@pytest.mark.parametrize("key", ["at", "timestamp", "created_at", "date", "time"])
@pytest.mark.parametrize(
    "value",
    [
        MAY,
        MAY.replace(tzinfo=None),
        MAY.astimezone(timezone(timedelta(hours=2))),
        "2023-05-08T13:56:00Z",
        "2023-05-08 13:56",
        "2023-05-08T15:56:00+02:00",
        1683554160,
        1683554160.0,
        1683554160000,
        1683554160000000,
        "1683554160",
        "1683554160000",
        "1:56 pm on 8 May, 2023",
        "2023/05/08 (Mon) 13:56",
    ],
    ids=str,
)
def test_every_way_to_write_a_time_gives_the_same_moment(key: str, value: object) -> None:
    """ISO text, zones, epochs of any unit and dates as people write them are one moment in UTC."""
    assert message({"text": "Hi", key: value}).at == MAY


def test_a_day_is_its_midnight_in_utc() -> None:
    """A date without a clock time is the beginning of that day."""
    expected = datetime(2023, 5, 8, tzinfo=UTC)

    assert expected == message({"text": "Hi", "at": date(2023, 5, 8)}).at
    assert expected == message({"text": "Hi", "at": "20230508"}).at
    assert expected == message({"text": "Hi", "at": "8 May 2023"}).at


def test_a_date_beside_a_time_is_read_with_it() -> None:
    """Logs that keep day and clock time in two columns lose neither."""
    made = message({"text": "Hi", "date": "2023-05-08", "time": "13:56"})

    assert made.at == MAY
    assert made.data == {}


def test_a_coarse_date_says_how_coarse_it_is() -> None:
    """A month is kept as its first moment, and the grain stays known."""
    made = message({"text": "Hi", "at": "May 2023"})

    assert made.at == datetime(2023, 5, 1, tzinfo=UTC)
    assert made.data == {"at_precision": "month"}


def test_a_message_without_a_time_gets_now_or_stays_undated() -> None:
    """Import time is never passed off as event time."""
    assert message({"text": "Hi"}, now=NOW).at == NOW
    assert message({"text": "Hi"}).at is None
    assert message(Message("Hi"), now=NOW).at is None


@pytest.mark.parametrize("key", ["session", "session_id", "chat"])
def test_every_word_for_the_session_is_understood(key: str) -> None:
    """The chat that a message belongs to may be a text or a number."""
    assert message({"text": "Hi", key: "s1"}).session == "s1"
    assert message({"text": "Hi", key: 17}).session == "17"


def test_the_importers_own_id_is_the_source() -> None:
    """`source` counts before `id`, and what is not used is kept in data."""
    assert message({"text": "Hi", "id": 12}).source == "12"
    made = message({"text": "Hi", "id": "row-9", "source": "conv-26/D1:3"})

    assert (made.source, made.data) == ("conv-26/D1:3", {"id": "row-9"})


def test_unknown_keys_are_kept_in_data() -> None:
    """Nothing that the caller says is lost."""
    made = message({"text": "Hi", "mood": "glad", "likes": 3, "data": {"lang": "en"}})

    assert made.data == {"mood": "glad", "likes": 3, "lang": "en"}


@pytest.mark.parametrize(
    ("role", "kept", "trust", "imported"),
    [
        ("user", "user", "user", "import"),
        ("human", "user", "user", "import"),
        ("assistant", "assistant", "assistant", "assistant"),
        ("AI", "assistant", "assistant", "assistant"),
        ("model", "assistant", "assistant", "assistant"),
        ("tool", "tool", "tool", "tool"),
        ("function", "tool", "tool", "tool"),
        ("system", "system", "tool", "tool"),
        ("web page", "web page", "tool", "tool"),
    ],
)
def test_trust_follows_the_role(role: str, kept: str, trust: str, imported: str) -> None:
    """A tool never speaks with the user's trust, and an imported user is not the present one."""
    made = message({"role": role, "text": "Hi"})

    assert (made.role, made.who, made.trust) == (kept, kept, trust)
    assert message({"role": role, "text": "Hi"}, imported=True).trust == imported


def test_a_message_can_lower_its_trust_but_not_raise_it() -> None:
    """Data cannot vote itself into a better channel."""
    assert message({"text": "Hi", "trust": "external"}).trust == "external"
    assert message({"role": "tool", "text": "Hi", "trust": "user"}).trust == "tool"
    assert message({"text": "Hi", "trust": "user"}, imported=True).trust == "import"


def test_openai_messages_are_understood() -> None:
    """Content parts become the words, pictures become attachments without their bytes."""
    made = message(
        {
            "role": "user",
            "name": "ann",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "https://example.org/cup.png", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
                {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}},
            ],
        }
    )

    assert made.text == "What is this?"
    assert made.who == "ann"
    assert made.attachments == (
        {"type": "image_url", "url": "https://example.org/cup.png"},
        {"type": "image_url", "media_type": "image/png", "size": 3},
        {"type": "input_audio", "size": 3},
    )


def test_an_assistants_tool_calls_are_its_words() -> None:
    """A message that only calls a tool still says what it did."""
    made = message(
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}],
        }
    )

    assert made.text == 'weather({"city": "Oslo"})'
    assert made.data["tool_calls"][0]["id"] == "c1"


def test_anthropic_messages_are_understood_without_their_hidden_reasoning() -> None:
    """Text, tool calls and tool results are taken; what was only thought is not."""
    called = message(
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "secret", "signature": "x"},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "t1", "name": "search", "input": {"q": "kiln"}},
            ],
        }
    )
    answered = message(
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "12 hits"}]}],
        }
    )

    assert called.text == 'Let me look.\nsearch({"q": "kiln"})'
    assert "secret" not in repr(called)
    assert answered.text == "12 hits"


def test_a_picture_alone_is_a_message() -> None:
    """A message may have no words when it has a caption or an attachment."""
    made = message({"who": "Ann", "text": "", "caption": "a blue cup", "attachments": ["https://example.org/c.png"]})

    assert made.payload() == {"caption": "a blue cup", "attachments": [{"url": "https://example.org/c.png"}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("\udfff", "\ufffd"),
        ("\ud83d\ude00", "\U0001f600"),
        ("naïve \U0001f600", "naïve \U0001f600"),
    ],
)
def test_what_cannot_be_stored_becomes_the_replacement_character(text: str, kept: str) -> None:
    """NUL and lone surrogates are replaced, told, and never come back changed a second time."""
    made = message({"text": text, "note": text})

    assert (made.text, made.data["note"]) == (kept, kept)
    assert made.mended == (text != kept)
    assert mend(kept) == kept


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None), max_size=20))
def test_a_kept_message_survives_json_and_utf8_unchanged(text: str, note: str) -> None:
    """Whatever was accepted can be exported and imported again without loss."""
    made = message({"text": "x" + text, "note": note})
    told = {"text": made.text, "data": dict(made.data)}

    again = message(json.loads(json.dumps(told, ensure_ascii=False).encode("utf-8")))

    assert (made.text, made.data) == (again.text, again.data)
    assert not again.mended


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"who": "Ann"}, "text is empty"),
        ({"text": " \n"}, "text is empty"),
        ({"text": 5}, "text must be a text or a list of content parts, not int"),
        ({"content": [7]}, "a content part must be a text or an object"),
        ({"text": "x" * (MAX_TEXT + 1)}, "text is 1,000,001 characters; at most 1,000,000"),
        ({"text": "x", "who": "w" * (MAX_NAME + 1)}, "who must be 1 to 256 characters"),
        ({"text": "x", "speaker": ["Ann"]}, "speaker must be a text or a whole number, not list"),
        ({"text": "x", "session": "*"}, "looks like a wild card"),
        ({"text": "x", "session_id": True}, "session_id must be a text or a whole number"),
        ({"text": "x", "source": "s" * (MAX_SOURCE + 1)}, "source must be 1 to 1024 characters"),
        ({"text": "x", "at": "yesterday-ish"}, "at 'yesterday-ish' is not a date that can be read; write it like"),
        ({"text": "x", "timestamp": float("nan")}, "timestamp nan is not a number of seconds"),
        ({"text": "x", "at": 10**5000}, "at (a huge number)"),
        ({"text": "x", "at": 2023}, "could be a year"),
        ({"text": "x", "at": True}, "must be a time, not bool"),
        ({"text": "x", "at": "0001-01-01T00:00:00+14:00"}, "years 1 to 9999"),
        ({"text": "x", "role": 3}, "role must be a text"),
        ({"text": "x", "kind": "dream"}, "kind 'dream' is not known; known kinds: call, case, chunk"),
        ({"text": "x", "trust": "root"}, "trust must be one of user, import"),
        ({"text": "x", "mood": {1, 2}}, "not plain JSON"),
        ({"text": "x", "mood": "y" * MAX_DATA}, "at most 65,536 are kept"),
        ({"text": "x", "mood": float("inf")}, "not plain JSON"),
        ({"text": "x", 3: "y"}, "keys of a message are texts"),
        ({"text": "x", "attachments": "file"}, "attachments must be a list"),
        (17, "a message is a text or a mapping"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_refused_by_name(value: Any, says: str) -> None:
    """The error names the field and what would do."""
    with pytest.raises(InvalidInput) as caught:
        message(value)

    assert says in str(caught.value)


def test_the_limits_themselves_are_accepted() -> None:
    """A value at its limit is kept, one beyond is not."""
    deep: Any = "end"
    for _ in range(MAX_DEPTH - 1):
        deep = [deep]

    made = message({"text": "x" * MAX_TEXT, "who": "w" * MAX_NAME, "source": "s" * MAX_SOURCE, "deep": deep})

    assert len(made.text) == MAX_TEXT
    with pytest.raises(InvalidInput, match="nested deeper than 16"):
        message({"text": "x", "deep": [[deep]]})


def test_a_message_made_by_hand_is_held_to_the_same_rules() -> None:
    """The dataclass is no way round the checks, and a good one is passed through as it is."""
    good = Message("Hi", who="Ann", at=MAY, data={"mood": "glad"})

    assert message(good) is good
    assert message(Message("a\x00", at=datetime(2023, 5, 8))) == Message(
        "a\ufffd", at=datetime(2023, 5, 8, tzinfo=UTC), mended=True
    )
    for bad in (Message(""), Message("x", trust="root"), Message("x", kind="dream"), Message("x", session="all")):
        with pytest.raises(InvalidInput):
            message(bad)


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=3) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=8,
)
_keys = st.sampled_from(
    sorted({*Message.__dataclass_fields__, "content", "parts", "name", "author", "time", "date", "chat", "id", "extra"})
)


@given(st.dictionaries(_keys, _plain, max_size=8))
def test_no_mapping_breaks_it(value: dict[str, Any]) -> None:
    """Anything either becomes a message or is refused with an error of ours."""
    try:
        made = message(value, now=NOW)
    except RemanenceError:
        return

    assert made.at is not None
    assert made.at.utcoffset() == timedelta(0)
    made.text.encode("utf-8")


@given(st.text(max_size=60) | st.integers() | st.floats())
def test_no_time_breaks_it(value: Any) -> None:
    """Any text or number is a moment in UTC or an error that names the field."""
    try:
        made = when(value, "date")
    except InvalidInput as error:
        told = str(error)
    else:
        told = f"date {made.utcoffset()}"

    assert told.startswith("date ")


def test_a_message_keeps_the_offset_that_its_time_was_written_with() -> None:
    """Its moment is in UTC, `utc_offset` says in minutes what the speaker's clock adds; UTC itself leaves nothing."""
    east = message({"text": "up early", "at": "2024-05-05T00:30:00+03:00"})
    plain = message({"text": "up early", "at": "2024-05-05T00:30:00Z"})

    assert east.at is not None
    assert (f"{east.at:%d %H:%M}", east.data.get("utc_offset")) == ("04 21:30", 180)
    assert "utc_offset" not in plain.data
