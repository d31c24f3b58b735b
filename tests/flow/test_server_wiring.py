"""The server as `nigoh up` puts it together, from a file to an answer."""

from __future__ import annotations

import ssl
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.engine_file import parse_engine_file
from nigoh.config.master_key import KeyFile
from nigoh.config.settings import VisionSettings
from nigoh.deployment_wiring import open_deployment
from nigoh.domain.camera_status import EngineStatus
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError
from nigoh.identity.gallery import ExactGallery
from nigoh.office.camera_office import CameraOffice
from nigoh.office.settings_office import SettingsOffice
from nigoh.server.live_views import LiveViews
from nigoh.server_wiring import EngineSide, ServerSide, build_server
from nigoh.wiring import build_analyser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.conftest import Provider

TRUSTED = ssl.create_default_context()
STATUS = EngineStatus(unix_s=0, started_unix_s=0, pid=1, cpu_s=0, resident_bytes=1)


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings(detect_size_px=320))


@contextmanager
def built(text: str, folder: Path, analyser: FaceAnalyser) -> Iterator[ServerSide]:
    """A server of this configuration, with an engine that watches nothing."""
    settings = parse_engine_file(text, folder / "nigoh.toml")
    place = DeploymentSettings(
        data=folder / "data",
        database=f"sqlite:///{folder / 'nigoh.db'}",
        master_key=KeyFile(folder / "keys" / "master.key"),
        destroyed_keys=folder / "keys" / "destroyed-keys",
    )
    with ExitStack() as stack:
        deployment = stack.enter_context(open_deployment(place))
        gate = settings.network.gate()
        cameras = CameraOffice(deployment.database, deployment.vault, now=lambda: 0.0, outbound=gate)
        engine = EngineSide(
            status=lambda: STATUS,
            views=LiveViews(lambda *_: False),
            analyser=analyser,
            search=ExactGallery(analyser.model).search,
            threshold=lambda: 0.4,
        )
        changes = SettingsOffice(deployment.database, settings, now=lambda: 0.0)
        yield build_server(changes, deployment, cameras, engine, gate)


def configuration(issuer: str, more: str = 'allowed = ["127.0.0.1"]') -> str:
    return f"""
[network]
outbound = "listed"
{more}

[server]
port = 0
public_url = "https://nigoh.example"

[oidc]
issuer = "{issuer}"
client_id = "nigoh"
client_secret_file = "secret"
operators = ["guards"]
"""


def begin(browser: httpx.Client) -> str:
    """Where nigoh sends a browser that wants to log in elsewhere."""
    answer = browser.get("/api/v1/session/oidc")
    assert answer.status_code == 303
    return answer.headers["location"]


def test_people_log_in_at_the_provider_that_the_configuration_names(
    provider: Provider, tmp_path: Path, analyser: FaceAnalyser
) -> None:
    (tmp_path / "secret").write_text(f"{provider.secret}\n", "utf-8")
    provider.claims |= {"preferred_username": "oktam"}
    with built(configuration(provider.issuer), tmp_path, analyser) as side, side.web as web:
        # As a proxy for https://nigoh.example would ask, on this machine.
        browser = httpx.Client(base_url=web.address, timeout=20, verify=TRUSTED)
        with browser:
            assert browser.get("/api/v1/session/ways").json()["oidc"] is True
            there = begin(browser)
            assert there.startswith(provider.issuer)
            back = httpx.get(there, trust_env=False, verify=TRUSTED).headers["location"]
            assert back.startswith("https://nigoh.example/api/v1/session/oidc/callback?")
            browser.get(back.replace("https://nigoh.example", web.address))
            who = browser.get("/api/v1/session").json()["user"]
    assert (who["name"], who["role"], who["logs_in_elsewhere"]) == ("oktam", "operator", True)


def test_a_provider_that_the_network_settings_do_not_list_is_not_asked(
    provider: Provider, tmp_path: Path, analyser: FaceAnalyser
) -> None:
    (tmp_path / "secret").write_text(provider.secret, "utf-8")
    text = configuration(provider.issuer, 'allowed = ["login.example"]')
    with (
        built(text, tmp_path, analyser) as side,
        side.web as web,
        httpx.Client(base_url=web.address, timeout=20, verify=TRUSTED) as browser,
    ):
        assert begin(browser) == "/login?oidc=unavailable"
    assert provider.asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[oidc]\nissuer = "https://id.example"', "without a client_id"),
        ('[oidc]\nissuer = "https://id.example"\nclient_id = "x"\n[server]\nhost = "0.0.0.0"', "where browsers find"),
        ('[oidc]\nissuer = "http://id.example"\nclient_id = "x"', "https"),
        ('[oidc]\nissuer = "https://id.example"\nclient_id = "x"\nclient_secret_file = "none"', "client_secret_file"),
    ],
)
def test_half_a_configuration_is_refused_at_the_start(
    text: str, said: str, tmp_path: Path, analyser: FaceAnalyser
) -> None:
    with pytest.raises(ConfigError, match=said), built(text, tmp_path, analyser):
        pass


def test_without_a_section_nobody_is_offered_to_log_in_elsewhere(tmp_path: Path, analyser: FaceAnalyser) -> None:
    with (
        built("[server]\nport = 0", tmp_path, analyser) as side,
        side.web as web,
        httpx.Client(base_url=web.address, timeout=20, verify=TRUSTED) as browser,
    ):
        assert browser.get("/api/v1/session/ways").json()["oidc"] is False
        assert browser.get("/api/v1/session/oidc").status_code == 404
