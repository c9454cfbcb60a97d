"""What no person ever wanted remembered: restated prompts, boot text of agents, status lines, made-up people, nothing.

What to call so follows what people report of such stores (mem0#4573 counts them in one store of 10,134). A rule that
would hit what somebody tells of a life ("User asked her doctor about the rash") is wrong: it is lost by an import.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from remanence.ingest.message import Message
from remanence.language.lazy_pattern import lazy_pattern
from remanence.language.secrets import Secret
from remanence.language.text import words

SHORT = 60
"""Words up to which an entry is read for statements and for what prompts say."""
ENTRIES = ("note", "fact", "summary", "insight")
"""Kinds that somebody's extractor wrote, as against what people said or wrote themselves."""

_BOOT = lazy_pattern(
    "|".join(
        (
            r"\byou are (?:an?|the) (?:\w+[ -]){0,4}(?:assistant|agent|model|chatbot|AI|bot)\b",
            r"\bas an AI (?:language )?model,? I\b|\bsystem prompt\b|\bknowledge cutoff\b",
            r"\b(?:AGENTS|CLAUDE|SOUL|IDENTITY|HEARTBEAT|BOOTSTRAP|TOOLS|GEMINI)\.md\b",
            r"</?(?:system|instructions?|system-reminder|environment_context)\b",
            r"^(?:#+ )?(?:system|developer) (?:message|prompt|instructions)\b",
        )
    ),
    re.I | re.M,
)
_MACHINE = r"(?:(?:the|an?|this|its) )?(?:AI|assistant|agent|model|chat ?bot|bot|system|LLM|ChatGPT|Claude|Gemini)\b"
_RESTATED = lazy_pattern(
    r"^(?:the )?(?:user|human)\s+(?:has\s+|is\s+|just\s+)?(?:"
    rf"(?:ask(?:s|ed|ing)?|request(?:s|ed|ing)?|instruct(?:s|ed|ing)?|t(?:ells|old|elling)|thank(?:s|ed|ing)?)\s+{_MACHINE}"
    r"|ask(?:s|ed|ing)?\s+(?:for|about|to|how|what|why|when|where|who|which|whether|if|that|questions?)\b"
    r"|request(?:s|ed|ing)?\s+(?:for|that|an?|the|more|some|help|information|assistance)\b"
    r"(?!.*\b(?:from|with|at|by)\s+(?:her|his|their|my)\b)"
    rf"|greet(?:s|ed|ing)(?:\s*[.!]|\s+{_MACHINE}|$)|thank(?:s|ed|ing)?(?:\s*[.!]|\s+for\s+the\s+(?:help|answer|info)|$)"
    r"|sa(?:id|ys) (?:hi|hello|thanks|thank you)\b)"
    r"|^(?:the )?(?:assistant|agent|AI|model)\s+(?:should|must|will|is to|was (?:asked|told)|responded|replied)\b",
    re.I,
)
_STATUS = lazy_pattern(
    r"^\W*(?:heartbeat(?:[_ ]?ok)?|no[_ ]?reply|ok(?:ay)?|done|ping|pong|status: ?\w+|cron(?: job)? \w+|null|none|n/a|"
    r"undefined|test(?:ing)?|no (?:new )?(?:memories|facts|information)(?: \w+){0,4})\W*$",
    re.I,
)
_MADE_UP = lazy_pattern(
    r"\b(?:John|Jane) Doe\b|\b(?:works?|working|employed|job|engineer|developer) (?:at|for|by) Acme\b"
)
"""Who stands in examples, and was made up when an extractor had nothing to say; John Smiths are many."""


def told(message: Message) -> str:
    """What a record says, without the name that an importer put before an observation."""
    value = message.data.get("value")
    plain = message.kind == "fact" and "slot" not in message.data and isinstance(value, str)
    return str(value).strip() if plain else message.text.strip()


def fault(message: Message, holds: Sequence[Secret], secrets: str) -> str:
    """Why a record is to be refused by itself, or nothing; secrets: the policy for the credentials that it holds."""
    text = told(message)
    if holds and secrets == "refuse":
        return "secret"
    if not any(character.isalnum() for character in text) and not message.caption and not message.attachments:
        return "empty"
    if message.kind not in ENTRIES:
        return ""
    if _STATUS.match(text):
        return "status line"
    if _BOOT.search(text):
        return "boot text"
    if _RESTATED.match(text) and len(words(text)) <= SHORT:
        return "restated prompt"
    return "made up" if _MADE_UP.search(text) else ""
