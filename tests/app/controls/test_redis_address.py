"""Which addresses of Redis are taken when settings are read, and that nothing of others is shown."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from redis import ConnectionPool

from app.controls.redis_address import OPTIONS, TLS_OPTIONS, VALUES
from app.controls.settings import LimitSettings
from app.errors import SettingsError
from app.settings import Settings, load_settings

PASSWORD = "hT7-kk2Pq9"


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> Settings:
    monkeypatch.setenv("PINCITE_LIMITS__STORAGE", url)
    return load_settings(None)


@pytest.mark.parametrize(
    "url",
    [
        f"memcached://{PASSWORD}",
        f"redis://:{PASSWORD}/x@h:port",
        f"redis:///{PASSWORD}",
        f"redis://:{PASSWORD}@h/abc",
        f"redis://:{PASSWORD}@h/1/2",
        f"redis://:{PASSWORD}@h/-1",
        f"redis://:{PASSWORD}@h/٣",
        f"redis://:{PASSWORD}@h/0?nonsense=1",
        f"redis://:p@h?{PASSWORD}@host/0",
        f"redis://:{PASSWORD}@h/0?db=3",
        f"redis://:{PASSWORD}@h/0?socket_timeout=600",
        f"redis://h/0?password={PASSWORD}&password=b",
        f"redis://h/0?password={PASSWORD}&username=",
        f"redis://:{PASSWORD}@h/0?ssl_cert_reqs=none",
        f"rediss://:{PASSWORD}@h/0?ssl_cert_reqs={PASSWORD}",
        f"redis://:{PASSWORD}@h/0#x",
    ],
)
def test_an_address_that_is_none_is_one_line_that_shows_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(SettingsError, match=r"^PINCITE_LIMITS__STORAGE: ") as refused:
        read(monkeypatch, url)
    for made in (lambda: LimitSettings.model_validate({"storage": url}), Settings):
        with pytest.raises(ValidationError) as invalid:
            made()
        assert PASSWORD not in str(invalid.value)
    assert PASSWORD not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://h", "redis://h/", "redis://:x@[::1]:6380/3", "redis://h/15/"])
def test_others_are_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    storage = read(monkeypatch, url).limits.storage
    assert storage is not None
    assert storage.get_secret_value() == url


@pytest.mark.parametrize("option", OPTIONS + TLS_OPTIONS)
def test_the_client_knows_every_option(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    url = f"rediss://h/0?{option}={VALUES.get(option, ('/x',))[0]}"
    read(monkeypatch, url)
    ConnectionPool.from_url(url).make_connection()
