"""Forms of keys and tokens, as their makers document them.

Each begins with letters that little else begins with, and is looked for only where those stand; every
repetition has a bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretFormat:
    """``hints``: one of these stands in the text, or the pattern is not tried. Group ``secret``, where there
    is one, is what must not be shown. ``least`` bits a character tell a token from what stands for one."""

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    least: float = 2.5


def _of(kind: str, hints: str, pattern: str, least: float = 2.5) -> SecretFormat:
    edges = rf"(?<![A-Za-z0-9_])(?:{pattern})(?![A-Za-z0-9_])"
    return SecretFormat(kind, tuple(hints.split()), re.compile(edges), least)


_B64URL = r"[A-Za-z0-9_-]"

FORMATS: tuple[SecretFormat, ...] = (
    _of("aws-access-key", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _of("aws-bedrock-key", "ABSK", r"ABSK[A-Za-z0-9+/]{109,269}={0,2}"),
    # Ours (app/identity/keys.py).
    _of("pincite-key", "pck_", r"pck_[a-z0-9]{12}_[A-Za-z0-9_-]{43}"),
    _of("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,251}"),
    _of("github-token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _of(
        "gitlab-token",
        "glpat- gldt- glrt- glptt- glcbt- glimt- glagent- gloas- glft- glsoat- glffct- glwt-",
        r"gl(?:pat|dt|rt|ptt|cbt|imt|agent|oas|ft|soat|ffct|wt)-[A-Za-z0-9_=.-]{20,300}",
    ),
    _of(
        "slack-token",
        "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe",
        r"xox(?:[bpars]|e(?:\.xox[bp])?)-[A-Za-z0-9-]{20,250}",
    ),
    _of("slack-token", "xapp-", r"xapp-\d-[A-Z0-9]{8,20}-\d{8,20}-[a-z0-9]{32,80}"),
    _of(
        "slack-webhook",
        "hooks.slack.com/",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/]{40,80})",
    ),
    _of("stripe-key", "sk_live_ rk_live_ sk_test_ rk_test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}"),
    _of("stripe-webhook-secret", "whsec_", r"whsec_[A-Za-z0-9+/]{32,64}={0,2}"),
    _of("openai-key", "T3BlbkFJ", rf"sk-(?:[a-z]{{2,12}}-)?{_B64URL}{{20,100}}T3BlbkFJ{_B64URL}{{20,100}}"),
    _of("openai-key", "sk-proj- sk-svcacct- sk-admin-", rf"sk-(?:proj|svcacct|admin)-{_B64URL}{{40,200}}"),
    _of("openai-key", "sk-", r"sk-[A-Za-z0-9]{48}"),
    _of("anthropic-key", "sk-ant-", rf"sk-ant-(?:api|admin|oat|ort)\d{{2}}-{_B64URL}{{80,120}}"),
    _of("openrouter-key", "sk-or-v1-", r"sk-or-v1-[0-9a-f]{64}"),
    _of("google-api-key", "AIza", rf"AIza{_B64URL}{{35}}"),
    _of("google-oauth-secret", "GOCSPX-", rf"GOCSPX-{_B64URL}{{28}}"),
    _of("google-oauth-token", "ya29.", rf"ya29\.{_B64URL}{{30,400}}"),
    _of("google-refresh-token", "1//0", rf"1//0{_B64URL}{{40,120}}"),
    _of("azure-client-secret", "Q~", r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}", 3.0),
    _of(
        "azure-storage-key",
        "AccountKey= SharedAccessKey= EndpointKey=",
        r"(?:Account|SharedAccess)Key=(?P<secret>[A-Za-z0-9+/]{42,90}={0,2})",
    ),
    _of("azure-sas-signature", "sig=", r"sig=(?P<secret>[A-Za-z0-9%+/]{43,80}(?:=|%3D))", 3.0),
    _of("azure-devops-token", "AZDO", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    _of("npm-token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _of("pypi-token", "pypi-AgE", rf"pypi-AgE{_B64URL}{{50,300}}"),
    _of("rubygems-key", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    _of("crates-token", "cio", r"cio[A-Za-z0-9]{32}", 3.5),
    _of("docker-token", "dckr_pat_ dckr_oat_", rf"dckr_[po]at_{_B64URL}{{27,60}}"),
    _of("huggingface-token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z]{34}"),
    _of("langsmith-key", "lsv2_", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    _of("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{52}"),
    _of("xai-key", "xai-", r"xai-[A-Za-z0-9]{80}"),
    _of("perplexity-key", "pplx-", r"pplx-[A-Za-z0-9]{48}"),
    _of("replicate-token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _of("sendgrid-key", "SG.", rf"SG\.{_B64URL}{{22}}\.{_B64URL}{{43}}"),
    _of("mailgun-key", "key-", r"key-[0-9a-f]{32}"),
    _of("mailchimp-key", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
    _of("twilio-key", "SK", r"SK[0-9a-f]{32}"),
    _of("telegram-token", ":AA", rf"\d{{8,10}}:AA{_B64URL}{{33}}"),
    _of("discord-token", ".", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}", 3.5),
    _of(
        "discord-webhook",
        "/api/webhooks/",
        rf"https://(?:\w{{1,10}}\.)?discord(?:app)?\.com/api/webhooks/\d{{17,20}}/(?P<secret>{_B64URL}{{60,80}})",
    ),
    _of("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    _of("databricks-token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    _of("shopify-token", "shpat_ shpca_ shppa_ shpss_", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _of("square-token", "EAAA sq0csp-", rf"sq0csp-{_B64URL}{{43}}|EAAA{_B64URL}{{60}}", 3.5),
    _of("linear-key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _of("notion-token", "ntn_ secret_", r"ntn_[A-Za-z0-9]{43,50}|secret_[A-Za-z0-9]{43}"),
    _of("postman-key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _of("grafana-token", "glsa_ glc_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2}"),
    _of("newrelic-key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _of("sentry-token", "sntrys_ sntryu_", r"sntrys_[A-Za-z0-9+/=_-]{60,400}|sntryu_[0-9a-f]{64}"),
    _of("vault-token", "hvs. hvb. hvr.", rf"hv[sbr]\.{_B64URL}{{24,300}}"),
    _of("terraform-token", ".atlasv1.", rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_B64URL}{{60,80}}"),
    _of("atlassian-token", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{100,300}"),
    _of("facebook-token", "EAA", r"EAA[A-Za-z0-9]{90,300}", 3.5),
    _of("age-secret-key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    _of("jwt", "eyJ", rf"eyJ{_B64URL}{{8,2000}}\.eyJ{_B64URL}{{8,4000}}\.{_B64URL}{{20,1400}}", 3.0),
)

KEY_BEGINS = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
KEY_ENDS = "-----"
# Between the lines is what a table, a quote or JSON puts there.
KEY_BODY = re.compile(r"[A-Za-z0-9+/=\s\\>|:,.()-]*+")
MOST_KEY_CHARS = 16_000
"""A key of 16,384 bits has 12,800."""
PUTTY_KEY = re.compile(r"Private-Lines: \d{1,3}\s{1,4}(?P<secret>[A-Za-z0-9+/=\s]{64,16000})")

# From the colon of the scheme on.
URL_PASSWORD = re.compile(
    r"://[^\s:/@\"'<>`]{0,64}:(?P<secret>[^\s/@\"'<>`]{3,128})@[A-Za-z0-9\[]",
)
AUTHORIZATION = re.compile(
    r"\b(?P<how>[Bb]asic|[Bb]earer|BASIC|BEARER)\s{1,3}(?P<secret>[A-Za-z0-9+/_.~-]{16,2000}={0,2})"
)
