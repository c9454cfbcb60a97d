"""Credentials are recognised by their form; what looks like one and is none, or was told as a fact, is left alone."""

from __future__ import annotations

import base64
import random
import string
import uuid

import pytest

from remanence.language.secrets import Hider, find, mask

_CHANCE = random.Random(7)
_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def some(count: int, letters: str = _ALNUM) -> str:
    """Made-up characters."""
    return "".join(_CHANCE.choice(letters) for _ in range(count))


PEM = "\n".join(["-----BEGIN {0}-----", *(some(64, _ALNUM + "+/") for _ in range(6)), "-----END {0}-----"])
ISSUED = [
    ("OpenAI key", f"sk-proj-{some(48)}"),
    ("OpenAI key", f"sk-{some(20)}T3BlbkFJ{some(20)}"),
    ("Anthropic key", f"sk-ant-api03-{some(93)}AA"),
    ("OpenRouter key", f"sk-or-v1-{some(64, _HEX)}"),
    ("API key", f"sk-{some(48)}"),
    ("GitHub token", f"ghp_{some(36)}"),
    ("GitHub token", f"github_pat_{some(22)}_{some(59)}"),
    ("GitLab token", f"glpat-{some(20)}"),
    ("AWS access key", f"AKIA{some(16, string.ascii_uppercase + '234567')}"),
    ("Google API key", f"AIza{some(35)}"),
    ("Google OAuth secret", f"GOCSPX-{some(28)}"),
    ("Slack token", f"xoxb-{some(12, string.digits)}-{some(13, string.digits)}-{some(24)}"),
    ("Stripe key", f"sk_live_{some(24)}"),
    ("SendGrid key", f"SG.{some(22)}.{some(43)}"),
    ("Twilio key", f"SK{some(32, _HEX)}"),
    ("Mailgun key", f"key-{some(32, _HEX)}"),
    ("Mailchimp key", f"{some(32, _HEX)}-us12"),
    ("npm token", f"npm_{some(36)}"),
    ("PyPI token", f"pypi-AgEIcHlwaS5vcmc{some(60)}"),
    ("Hugging Face token", f"hf_{some(34, string.ascii_letters)}"),
    ("Replicate token", f"r8_{some(37)}"),
    ("Groq key", f"gsk_{some(52)}"),
    ("Perplexity key", f"pplx-{some(48)}"),
    ("xAI key", f"xai-{some(80)}"),
    ("Databricks token", f"dapi{some(32, _HEX)}"),
    ("DigitalOcean token", f"dop_v1_{some(64, _HEX)}"),
    ("Shopify token", f"shpat_{some(32, _HEX)}"),
    ("Linear key", f"lin_api_{some(40)}"),
    ("Notion token", f"ntn_{some(46)}"),
    ("Vault token", f"hvs.{some(30)}"),
    ("Terraform token", f"{some(14)}.atlasv1.{some(64)}"),
    ("Docker token", f"dckr_pat_{some(27)}"),
    ("Sentry token", f"sntrys_{some(60)}"),
    ("Grafana token", f"glsa_{some(32)}_{some(8, _HEX)}"),
    ("Supabase token", f"sbp_{some(40, _HEX)}"),
    ("Tailscale key", f"tskey-auth-{some(24)}"),
    ("Postman key", f"PMAK-{some(24, _HEX)}-{some(34, _HEX)}"),
    ("Atlassian token", f"ATATT3{some(80)}"),
    ("Telegram bot token", f"{some(9, '123456789')}:AA{some(33)}"),
    ("Discord token", f"M{some(24)}.{some(6)}.{some(38)}"),
    ("age key", f"AGE-SECRET-KEY-1{some(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}"),
    ("JSON Web Token", f"eyJ{some(20)}.eyJ{some(60)}.{some(43)}"),
    ("private key", PEM.format("RSA PRIVATE KEY")),
    ("private key", PEM.format("OPENSSH PRIVATE KEY")),
    ("private key", PEM.format("PGP PRIVATE KEY BLOCK")),
]


@pytest.mark.parametrize(("kind", "value"), ISSUED, ids=[f"{k}-{n}" for n, (k, _) in enumerate(ISSUED)])
def test_what_was_issued_is_recognised_whole_and_by_name(kind: str, value: str) -> None:
    """In a sentence, in quotes and alone; what stands around it stays."""
    for before, after in (("please use ", " for that."), ('key: "', '", thanks'), ("", "")):
        assert f"{before}[secret: {kind}]{after}" == mask(f"{before}{value}{after}")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "postgres://app:h4rdToGuess@db.example.org/x",
            "postgres://app:[secret: password in an address]@db.example.org/x",
        ),
        (f"Authorization: Bearer {some(30)}7a", "Authorization: Bearer [secret: authorization header]"),
        ("DB_PASSWORD=Tr0ub4dor&3xyz", "DB_PASSWORD=[secret: credential]"),
        (f"export AWS_SECRET_ACCESS_KEY={some(38)}7a", "export AWS_SECRET_ACCESS_KEY=[secret: credential]"),
        (f'{{"apiKey": "{some(30)}7a"}}', '{"apiKey": "[secret: credential]"}'),
        (f"client_secret: {some(30)}7a", "client_secret: [secret: credential]"),
        (PEM.format("EC PRIVATE KEY")[:200], "[secret: private key]"),
    ],
)
def test_a_value_that_a_program_calls_a_credential_is_one(text: str, masked: str) -> None:
    """The name and the address stay readable; a key that was cut is a key as well."""
    assert masked == mask(text)


PICTURE = base64.b64encode(bytes(_CHANCE.getrandbits(8) for _ in range(4_000))).decode()
PLAIN = [
    "The wifi password is tulip42blossom.",
    "my PIN is 4711 and the alarm code is 0815",
    "the password for the router: Xy7!klmn2Qp9",
    "Password: Dragon1234567 was written on the fridge",
    f"the build of commit {some(40, _HEX)} failed",
    f"sha256:{some(64, _HEX)}",
    f'md5 {some(32, _HEX)}, etag "{some(32, _HEX)}"',
    f"token: {uuid.UUID(int=_CHANCE.getrandbits(128))}",
    f"session_key={uuid.UUID(int=_CHANCE.getrandbits(128))}",
    f"data:image/png;base64,{PICTURE}",
    PICTURE,
    f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{some(43)} me@host",
    f"-----BEGIN PUBLIC KEY-----\nMIIB{some(60)}\n-----END PUBLIC KEY-----",
    f"-----BEGIN CERTIFICATE-----\nMIIB{some(60)}\n-----END CERTIFICATE-----",
    "API_KEY=your-api-key-here-123",
    "OPENAI_API_KEY=sk-...",
    "secret_key = os.environ['SECRET_KEY_2']",
    "api_key=process.env.API_KEY_PROD_2",
    "max_tokens = 4096, tokenizer: bert-base-uncased-2019",
    "primary_key: user_id_1234567",
    "sort_key = lambda one: (one.at_1, one.number_2)",
    "password_hash = hashlib.sha256(salt_1).hexdigest()",
    "https://example.org/watch?v=dQw4w9WgXcQ&list=PL12345678901234567890",
    "http://localhost:8080/path@2x.png and foo@bar.com:8080",
    "pip install task-force-skeleton-20260101 and sk-learn-contrib-extra",
    "The key of A major: F#m7b5, Bm7add11, E7sus4",
    "ISBN 978-3-16-148410-0, IBAN DE89370400440532013000, phone +49 170 1234567",
    "wir treffen uns am 12.03.2026 um 18:30 am Hauptbahnhof",
]


@pytest.mark.parametrize("text", PLAIN, ids=[text[:24] for text in PLAIN])
def test_what_is_no_credential_stays(text: str) -> None:
    """Hashes, ids, pictures, public keys, placeholders, code, and what a person tells."""
    assert [] == find(text)
    assert text is mask(text)


def test_a_part_of_a_learned_credential_is_hidden_too() -> None:
    """What was copied in pieces or in lower case; words that merely look like a piece stay."""
    value = f"ghp_{some(36)}"
    hide = Hider()
    assert 1 == len(hide.learn(f"use {value} now"))

    assert "[secret: GitHub token] is the token" == hide(f"{value[:20].lower()} is the token")
    assert "use the token now" == hide("use the token now")


@pytest.mark.parametrize(
    "piece", ["a", "key_", "x://a1", "eyJ1", "-----BEGIN PRIVATE KEY-----1 ", 'key="a1', "authorization: a1"]
)
def test_odd_text_is_read_in_bounded_work(piece: str) -> None:
    """A megabyte of one piece repeated comes back; `scripts/growth.py` measures how long such texts take."""
    text = piece * (200_000 // len(piece))

    assert len(mask(text)) > 0
