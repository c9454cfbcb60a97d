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
    ("Langfuse key", f"sk-lf-{uuid.UUID(int=_CHANCE.getrandbits(128))}"),
    ("GitLab token", f"glpat-{some(27)}.01.{some(9, string.digits)}"),
    ("GitLab token", f"GR1348941{some(20)}"),
    ("AWS Bedrock key", f"ABSK{some(109)}="),
    ("AWS Bedrock key", f"bedrock-api-key-{some(80)}"),
    ("Google OAuth secret", f"1//0{some(100)}"),
    ("Google Cloud storage key", f"GOOG1E{some(55, string.ascii_uppercase + string.digits)}"),
    ("Firebase key", f"AAAA{some(7)}:APA91b{some(134)}"),
    ("Azure client secret", f"{some(3)}8Q~{some(34)}"),
    ("Azure DevOps token", f"{some(76)}AZDO{some(4)}"),
    ("Alibaba access key", f"LTAI{some(20)}"),
    ("Tencent access key", f"AKID{some(32)}"),
    ("Yandex token", f"AQVN{some(36)}"),
    ("Square token", f"EAAA{some(60)}"),
    ("Square token", f"sq0csp-{some(43)}"),
    ("Razorpay key", f"rzp_live_{some(14)}"),
    ("Flutterwave key", f"FLWSECK-{some(32, _HEX)}-X"),
    ("Plaid token", f"access-production-{uuid.UUID(int=_CHANCE.getrandbits(128))}"),
    ("Shippo token", f"shippo_live_{some(40, _HEX)}"),
    ("EasyPost key", f"EZAK{some(54)}"),
    ("Duffel token", f"duffel_live_{some(43)}"),
    ("Lob key", f"live_{some(35, _HEX)}"),
    ("Mailgun key", f"{some(32, _HEX)}-{some(8, _HEX)}-{some(8, _HEX)}"),
    ("Brevo key", f"xkeysib-{some(64, _HEX)}-{some(16)}"),
    ("Resend key", f"re_{some(7)}7_{some(23)}Q"),
    ("RubyGems key", f"rubygems_{some(48, _HEX)}"),
    ("crates.io token", f"cio{some(31)}7"),
    ("NuGet key", f"oy2{some(43, string.ascii_lowercase + string.digits)}"),
    ("Clojars token", f"CLOJARS_{some(60, string.ascii_lowercase + string.digits)}"),
    ("Artifactory token", f"AKCp{some(69)}"),
    ("NVIDIA key", f"nvapi-{some(64)}"),
    ("LangSmith key", f"lsv2_pt_{some(32, _HEX)}_{some(10, _HEX)}"),
    ("Pinecone key", f"pcsk_{some(6)}_{some(63)}"),
    ("Tavily key", f"tvly-dev-{some(32)}"),
    ("Cerebras key", f"csk-{some(48, string.ascii_lowercase + string.digits)}"),
    ("Fireworks key", f"fw_{some(20)}7Q"),
    ("Together key", f"tgp_v1_{some(43)}"),
    ("ElevenLabs key", f"sk_{some(48, _HEX)}"),
    ("Firecrawl key", f"fc-{some(32, _HEX)}"),
    ("Fly token", f"fm2_{some(120)}"),
    ("Heroku key", f"HRKU-AA{some(58)}"),
    ("Netlify token", f"nfp_{some(36)}"),
    ("Vercel token", f"vercel_blob_rw_{some(16)}_{some(30)}"),
    ("Cloudflare key", f"v1.0-{some(24, _HEX)}-{some(146, _HEX)}"),
    ("PlanetScale token", f"pscale_tkn_{some(43)}"),
    ("Doppler token", f"dp.st.prd.{some(43)}"),
    ("Pulumi token", f"pul-{some(40, _HEX)}"),
    ("Prefect key", f"pnu_{some(36)}"),
    ("Infracost key", f"ico-{some(32)}"),
    ("1Password token", f"ops_eyJ{some(300)}"),
    ("CircleCI token", f"CCIPAT_{some(22)}_{some(40, _HEX)}"),
    ("Buildkite token", f"bkua_{some(40, _HEX)}"),
    ("Sonar token", f"squ_{some(40, _HEX)}"),
    ("New Relic key", f"NRAK-{some(27, string.ascii_uppercase + string.digits)}"),
    ("Dynatrace token", f"dt0c01.{some(24, string.ascii_uppercase)}.{some(64, string.ascii_uppercase)}"),
    ("Elastic token", f"essu_{some(60)}=="),
    ("ReadMe key", f"rdme_{some(70, string.ascii_lowercase + string.digits)}"),
    ("Contentful token", f"CFPAT-{some(43)}"),
    ("Notion token", f"secret_{some(43)}"),
    ("Figma token", f"figd_{some(40)}"),
    ("Airtable token", f"pat{some(14)}.{some(64, _HEX)}"),
    ("Asana token", f"2/{some(16, string.digits)}/{some(16, string.digits)}:{some(32, _HEX)}"),
    ("HubSpot token", f"pat-na1-{uuid.UUID(int=_CHANCE.getrandbits(128))}"),
    ("Atlassian token", f"ATBB{some(32)}"),
    ("Atlassian token", f"ATCTT3{some(180)}=1A2B3C4D"),
    ("LaunchDarkly key", f"sdk-{uuid.UUID(int=_CHANCE.getrandbits(128))}"),
    ("Typeform token", f"tfp_{some(59)}"),
    ("WakaTime key", f"waka_{uuid.UUID(int=_CHANCE.getrandbits(128))}"),
    ("Adafruit key", f"aio_{some(28)}"),
    ("Adobe secret", f"p8e-{some(32)}"),
    ("Mapbox token", f"sk.eyJ{some(60)}.{some(22)}"),
    ("MaxMind key", f"{some(6)}_{some(29)}_mmk"),
    ("Facebook token", f"EAAG{some(180)}"),
    ("VK token", f"vk1.a.{some(200)}"),
    (
        "private key",
        f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{some(64)}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    ),
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


def hidden(text: str, *values: str) -> bool:
    """Whether neither a value nor a half of one is left."""
    left = mask(text)
    return not any(part in left for one in values for part in (one, one[: len(one) // 2], one[len(one) // 2 :]))


V = f"{some(24)}7a"
GIVEN = [
    ("ENV AWS_SECRET_ACCESS_KEY {}", V),
    ('set -gx OPENAI_TOKEN "{}"', V),
    ("huggingface-cli login --token {}", V),
    ("deploy --api-key={} --region eu", V),
    ("curl -u admin:{} https://ci.example.org/build", V),
    ("sshpass -p '{}' ssh root@10.0.0.9", V),
    ("machine api.example.org\n  login me@example.org\n  password {}", V),
    ("AccountName=acme;AccountKey={};EndpointSuffix=core.windows.net", f"{some(84)}7a=="),
    ("[Interface]\nPrivateKey = {}\nAddress = 10.2.0.2/32", f"{some(41)}7a="),
    ('<add key="SmtpPassword" value="{}" />', V),
    ("- name: DB_PASSWORD\n  value: {}", V),
    ('spring.datasource.password="{}"', f"{some(18)}(3);"),
    ("http://localhost:8888/tree?token={}", some(48, _HEX)),
    ("https://acme.blob.core.windows.net/c/b?sv=2022-11-02&sig={}", f"{some(43)}%3D"),
    ("Cookie: sessionid={}; theme=dark", V),
    ("https://api.telegram.org/bot{}/getMe", f"{some(9, '123456789')}:AA{some(33)}"),
    ("post it to {} please", f"https://hooks.slack.com/services/T{some(9)}/B{some(9)}/{some(24)}"),
    ("EXA_API_KEY={}", str(uuid.UUID(int=_CHANCE.getrandbits(128)))),
    ("//registry.npmjs.org/:_authToken={}", str(uuid.UUID(int=_CHANCE.getrandbits(128)))),
    ("X-Vault-Token: {}", V),
    ("Authorization: SSWS {}", V),
    ("Server=tcp:db.example.org,1433;Database=x;User Id=app;Password={};Encrypt=true", "Q9pl93Ax"),
    ('{{"auths": {{"r.example.org": {{"auth": "{}"}}}}}}', f"{some(30)}7a=="),
    ("db.example.org:5432:prod:app:{}", V),
    ("Public-Lines: 1\nAAAA\nPrivate-Lines: 1\n{}\nPrivate-MAC: 00ff", f"{some(46)}7a"),
    ("webhook: {}", f"https://discord.com/api/webhooks/{some(18, string.digits)}/{some(68)}"),
]


@pytest.mark.parametrize(("frame", "value"), GIVEN, ids=[frame[:20] for frame, _ in GIVEN])
def test_what_a_shell_an_address_or_a_file_of_settings_gives_is_a_credential(frame: str, value: str) -> None:
    """By the name before it; a placeholder in its place is none."""
    assert hidden(frame.format(value), value)
    assert [] == find(frame.format("<your-secret-here-1>"))


BROKEN = [
    f"ghp_{some(34)}7a",
    f"sk-ant-api03-{some(91)}7aAA",
    f"eyJ{some(31)}7a.eyJ{some(58)}7a.{some(41)}7a",
    f"github_pat_{some(20)}7a_{some(57)}7a",
]


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\\\n", "\n    "])
def test_a_credential_that_is_broken_at_the_end_of_a_line_is_hidden_whole(value: str, end: str) -> None:
    """By a terminal, an editor or a backslash; the line after it stays."""
    for width in (24, 36, 60):
        pieces = [value[at : at + width] for at in range(0, len(value), width)]
        text = f"my token:\n{end.join(pieces)}\nthanks for looking!"

        assert hidden(text, *pieces)
        assert text.endswith("\nthanks for looking!") == mask(text).endswith("\nthanks for looking!")


def test_the_next_line_is_no_part_of_a_credential() -> None:
    """A word or a number that stands below a whole one."""
    for after in ("Thanks", "deploys run on Friday", "OK"):
        assert f"[secret: GitHub token]\n{after}" == mask(f"ghp_{some(36)}\n{after}")


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
    '{"items": [], "nextPageToken": "CAUQAA8x7Rk2mN5pQ8sT"}',
    f"cache_key=v3-{some(40, _HEX)}",
    "My login for the gym: name ruth81, password Yoga4Ruth2024",
    "curl -u $USER:$PASS https://x.example.org && curl -u {name}:{pw} y",
    "ENV PATH /usr/local/bin:/opt/app_2024/bin",
    "const partitionKey = 'tenant_0042_eu';",
    "token = tokens[i + 1]; secret = vault.read('app/db_2')",
    f"integrity sha512-{some(86)}==",
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


TOKEN = "ghp_abcdefghijklm4opqrstuvwxyz0123456789"


@pytest.mark.parametrize(
    ("piece", "is_hidden"),
    [
        (TOKEN[4:10], False), (TOKEN[4:15], False), (TOKEN[4:16], True), (TOKEN[12:18], True), (TOKEN[14:19], False),
        (TOKEN[-6:], True), (TOKEN[-5:], False), (TOKEN[4:16].upper(), True), (TOKEN[12:18] + ".", True),
        ("zyxwvutsrqpo", False), ("9876543", False), ("m4oprq", False),
    ],
)  # fmt: skip
def test_a_part_is_hidden_that_has_a_figure_and_six_signs_or_twelve_letters(piece: str, is_hidden: bool) -> None:
    """In any case of letters; what is no part of it stays, however much it looks like one."""
    hide = Hider()
    hide.learn(TOKEN)

    assert is_hidden == (hide(f"so {piece} it is") == "so [secret: GitHub token] it is")
    assert is_hidden or hide(f"so {piece} it is") == f"so {piece} it is"


@pytest.mark.parametrize(
    "piece", ["a", "key_", "x://a1", "eyJ1", "-----BEGIN PRIVATE KEY-----1 ", 'key="a1', "authorization: a1"]
)
def test_odd_text_is_read_in_bounded_work(piece: str) -> None:
    """A megabyte of one piece repeated comes back; `scripts/growth.py` measures how long such texts take."""
    text = piece * (200_000 // len(piece))

    assert len(mask(text)) > 0
