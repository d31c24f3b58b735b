"""Settings are refused at the start, by name, with their meaning."""

import pytest

from nigoh.config.settings import VisionSettings, WatchSettings, read_settings
from nigoh.errors import ConfigError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fsp": 5}, r"setting fsp: .*Known settings: .*fps"),
        ({"fps": 0}, r"setting fps: .*greater than 0.*frames a second"),
        ({"every": "two"}, r"setting every: .*N-th frame"),
        ({"threshold": 1.5}, r"setting threshold: .*less than 1"),
        ({"transport": "http"}, r"setting transport: .*'tcp' or 'udp'"),
        ({"start_s": 5, "end_s": 5}, r"end_s \(5\) is not after start_s \(5\)"),
        ({"detect_size_px": 10}, r"setting detect_size_px: .*64"),
    ],
)
def test_a_wrong_setting_is_named_with_its_meaning(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_settings(WatchSettings, values)


def test_settings_have_defaults_and_every_one_has_a_meaning() -> None:
    settings = read_settings(WatchSettings, {})
    assert (settings.detector, settings.embedder, settings.device) == ("yunet", "sface", "cpu")
    for kind in (VisionSettings, WatchSettings):
        assert all(field.description for field in kind.model_fields.values())
