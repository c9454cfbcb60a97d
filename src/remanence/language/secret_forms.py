"""The forms of credentials that services issue: a prefix of their own and a length, as rows of kind and expression.

Sources: the issuers' own pages and GitHub's list of supported secret scanning patterns; the rules of gitleaks (MIT) and
the plugins of detect-secrets (Apache-2.0) name the same prefixes. A form that could be a word of a text is left out.
"""

from __future__ import annotations

from remanence.language.lazy_pattern import lazy_pattern

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
FORMS: tuple[tuple[str, str], ...] = (
    ("OpenAI key", r"sk-(?:proj|svcacct|admin|None)-[\w-]{20,200}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    ("Anthropic key", r"sk-ant-[a-z0-9]{3,12}-[\w-]{20,200}"),
    ("OpenRouter key", r"sk-or-v\d-[0-9a-f]{64}"),
    ("Langfuse key", rf"sk-lf-{_UUID}"),
    ("API key", r"sk-[A-Za-z0-9]{32,64}"),
    ("GitHub token", r"gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{36,255}"),
    (
        "GitLab token",
        r"gl(?:pat|dt|ft|soat|rt|cbt|ptt|imt|agent|oas)-[\w-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?|GR1348941[\w-]{20}",
    ),
    ("AWS access key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("AWS Bedrock key", r"ABSK[A-Za-z0-9+/]{100,270}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{40,2000}={0,2}"),
    ("Google API key", r"AIza[\w-]{35}"),
    ("Google OAuth secret", r"GOCSPX-[\w-]{28}|ya29\.[\w-]{20,}|1//0[\w-]{60,250}"),
    ("Google Cloud storage key", r"GOOG1E[A-Z0-9]{55}"),
    ("Firebase key", r"AAAA[\w-]{7}:(?:APA91b)?[\w-]{134,200}"),
    ("Azure client secret", r"[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}"),
    ("Azure DevOps token", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    ("Alibaba access key", r"LTAI[A-Za-z0-9]{17,21}"),
    ("Tencent access key", r"AKID[A-Za-z0-9]{32}"),
    ("Yandex token", r"AQVN[\w-]{35,38}|y[0-3]_[\w-]{50,64}"),
    ("Slack token", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}"),
    ("Stripe key", r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9+/=]{24,}"),
    ("Square token", r"EAAA[\w-]{60}|sq0(?:csp|atp)-[\w-]{22,43}"),
    ("Razorpay key", r"rzp_live_[A-Za-z0-9]{14}"),
    ("Flutterwave key", r"FLWSECK(?:_TEST)?-[0-9a-f]{12,32}(?:-X)?"),
    ("Plaid token", rf"access-(?:production|development|sandbox)-{_UUID}"),
    ("Shippo token", r"shippo_(?:live|test)_[0-9a-f]{40}"),
    ("EasyPost key", r"EZ[AT]K[A-Za-z0-9]{54}"),
    ("Duffel token", r"duffel_(?:live|test)_[\w-]{43}"),
    ("Lob key", r"(?:live|test)_[0-9a-f]{35}"),
    ("SendGrid key", r"SG\.[\w-]{16,32}\.[\w-]{32,64}"),
    ("Twilio key", r"SK[0-9a-f]{32}"),
    ("Mailgun key", r"key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    ("Mailchimp key", r"[0-9a-f]{32}-us\d{1,2}"),
    ("Brevo key", r"x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("Resend key", r"re_(?=\w{0,32}\d)(?=\w{0,32}[A-Z])[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    ("npm token", r"npm_[A-Za-z0-9]{36}"),
    ("PyPI token", r"pypi-AgE[\w-]{50,}"),
    ("RubyGems key", r"rubygems_[0-9a-f]{48}"),
    ("crates.io token", r"cio(?=[A-Za-z]{0,31}\d)[A-Za-z0-9]{32}"),
    ("NuGet key", r"oy2[a-z0-9]{43}"),
    ("Clojars token", r"CLOJARS_[a-z0-9]{60}"),
    ("Artifactory token", r"AKCp[A-Za-z0-9]{69}|cmVmdGtu[A-Za-z0-9]{56}"),
    ("Docker token", r"dckr_(?:pat|oat)_[\w-]{20,}"),
    ("Hugging Face token", r"hf_[A-Za-z]{34}|api_org_[A-Za-z]{34}"),
    ("Replicate token", r"r8_[A-Za-z0-9]{37}"),
    ("Groq key", r"gsk_[A-Za-z0-9]{48,56}"),
    ("Perplexity key", r"pplx-[A-Za-z0-9]{40,64}"),
    ("xAI key", r"xai-[A-Za-z0-9]{60,100}"),
    ("NVIDIA key", r"nvapi-[\w-]{60,70}"),
    ("LangSmith key", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    ("Pinecone key", r"pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{55,70}"),
    ("Tavily key", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}"),
    ("Cerebras key", r"csk-[a-z0-9]{48}"),
    ("Fireworks key", r"fw_(?=\w{0,23}\d)(?=\w{0,23}[A-Z])[A-Za-z0-9]{22,24}"),
    ("Together key", r"tgp_v1_[\w-]{43}"),
    ("ElevenLabs key", r"sk_[0-9a-f]{48}"),
    ("Firecrawl key", r"fc-[0-9a-f]{32}"),
    ("Databricks token", r"dapi[0-9a-f]{32}(?:-\d)?"),
    ("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}"),
    ("Fly token", r"fm\d_[A-Za-z0-9+/=,_-]{80,2000}|fo1_[\w-]{43}"),
    ("Heroku key", r"HRKU-AA[\w-]{58}"),
    ("Netlify token", r"nf[cpo]_[A-Za-z0-9]{36}"),
    ("Vercel token", r"vc[acikpr]_[A-Za-z0-9]{24,60}|vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}"),
    ("Cloudflare key", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    ("PlanetScale token", r"pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}"),
    ("Supabase token", r"sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,}"),
    ("Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    ("Vault token", r"hv[bs]\.[\w-]{24,}"),
    ("Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}"),
    ("Pulumi token", r"pul-[0-9a-f]{40}"),
    ("Prefect key", r"pnu_[A-Za-z0-9]{36}"),
    ("Infracost key", r"ico-[A-Za-z0-9]{32}"),
    ("1Password token", r"ops_eyJ[\w+/=-]{200,2000}"),
    ("Tailscale key", r"tskey-[a-z]+-[\w-]{16,}"),
    ("CircleCI token", r"CCIPAT_[A-Za-z0-9]{22}_[0-9a-f]{40}"),
    ("Buildkite token", r"bk[au]a_[0-9a-f]{40}"),
    ("Sonar token", r"sq[apu]_[0-9a-f]{40}"),
    ("Sentry token", r"sntry[su]_[\w+/=.-]{40,}"),
    ("Grafana token", r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/=]{32,}"),
    ("New Relic key", r"NRAK-[A-Z0-9]{27}|NRII-[\w-]{32}|[0-9a-f]{36}FFFFNRAL"),
    ("Dynatrace token", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("Elastic token", r"essu_[A-Za-z0-9+/]{40,200}={0,2}"),
    ("Postman key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("ReadMe key", r"rdme_[a-z0-9]{70}"),
    ("Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("Contentful token", r"CFPAT-[\w-]{43}"),
    ("Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{40,64}"),
    ("Notion token", r"ntn_[A-Za-z0-9]{40,50}|secret_[A-Za-z0-9]{43}"),
    ("Figma token", r"figd_[\w-]{40}"),
    ("Airtable token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    ("Asana token", r"\d/\d{16}(?:/\d{16})?:[0-9a-f]{32}"),
    ("HubSpot token", rf"pat-(?:na|eu|ap)\d-{_UUID}"),
    ("Atlassian token", r"AT(?:ATT3|CTT3|BB)[\w-]{32,250}(?:=[0-9A-F]{8})?"),
    ("LaunchDarkly key", rf"(?:sdk|api)-{_UUID}"),
    ("Typeform token", r"tfp_[\w.=-]{59}"),
    ("WakaTime key", rf"waka_{_UUID}"),
    ("Adafruit key", r"aio_[A-Za-z0-9]{28}"),
    ("Adobe secret", r"p8e-[A-Za-z0-9]{32}"),
    ("Mapbox token", r"sk\.eyJ[\w-]{40,}\.[\w-]{20,}"),
    ("MaxMind key", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    ("Facebook token", r"EAA[A-Za-z0-9]{90,250}"),
    ("VK token", r"vk1\.a\.[\w-]{80,250}"),
    ("Telegram bot token", r"(?:bot)?\d{8,10}:AA[\w-]{33}"),
    ("Discord token", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}"),
    ("age key", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    ("Slack webhook", r"https://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[\w/]{30,200}"),
    ("Discord webhook", r"https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,20}/[\w-]{60,80}"),
    (
        "Teams webhook",
        r"https://[\w.-]{1,80}\.webhook\.office\.com/webhookb2/[\w@-]{60,90}/IncomingWebhook/[\w/-]{60,140}",
    ),
    ("JSON Web Token", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
)
"""(kind, form) of what is a credential by its own look; letters, digits and - _ may not go on before or after it."""
ISSUED = lazy_pattern(
    r"(?<![A-Za-z0-9_-])(?:"
    + "|".join(f"(?P<f{place}>{form})" for place, (_, form) in enumerate(FORMS))
    + r")(?![A-Za-z0-9_-])"
)
OPENINGS = tuple(
    "sk- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- AKIA ASIA ABSK AIza ya29. GOCSPX- xoxb- xoxp- xapp- k_live_ "
    "k_test_ SG. npm_ pypi- rubygems_ hf_ r8_ gsk_ pplx- xai- nvapi- lsv2_ pcsk_ tvly- tgp_ dapi _v1_ fm2_ nfp_ vcp_ "
    "shp lin_ ntn_ figd_ dp.pt. dt0c hvs. hvb. atlasv1 dckr_ sntry glsa_ glc_ sbp_ pscale_ tskey- PMAK- ATATT3 ATCTT3 "
    "ops_eyJ :AA AGE-SECRET eyJ hooks.slack /webhooks/".split()
)
"""With which issued credentials open that are looked for across the ends of lines."""


def kind_of(name: str | None) -> str:
    """What the group of `ISSUED` that matched stands for."""
    return FORMS[int((name or "f0")[1:])][0]
