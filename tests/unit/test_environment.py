"""The folders that the environment names."""

from pathlib import Path

import pytest

from nigoh.config.environment import read_folders
from nigoh.errors import ConfigError


def test_without_variables_files_go_to_the_users_own_folders() -> None:
    folders = read_folders({})
    assert folders.models is None
    assert folders.cache.name == "nigoh"
    assert folders.config.name == "nigoh"


def test_each_variable_names_its_folder(tmp_path: Path) -> None:
    folders = read_folders({"NIGOH_MODELS": str(tmp_path), "NIGOH_CACHE": "/a/cache", "NIGOH_CONFIG": "~/b"})
    assert folders.models == tmp_path
    assert folders.cache == Path("/a/cache")
    assert folders.config == Path.home() / "b"


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read_folders({"NIGOH_MODELS": " ", "NIGOH_CACHE": ""}) == read_folders({})


def test_a_models_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"NIGOH_MODELS: .*nowhere is not a folder"):
        read_folders({"NIGOH_MODELS": str(tmp_path / "nowhere")})
