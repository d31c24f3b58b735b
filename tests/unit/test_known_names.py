import os
from pathlib import Path

import pytest

from nigoh.errors import ConfigError
from nigoh.storage.known_faces import list_known_photos


def test_a_name_in_another_systems_encoding_is_refused_with_what_to_do(tmp_path: Path) -> None:
    name = "Умид".encode("cp1251") + b".jpg"
    try:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as photo:  # noqa: PTH123, PTH118 - a name of bytes
            photo.write(b"x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    with pytest.raises(ConfigError, match=r"is no readable text. Rename it in UTF-8") as refused:
        list_known_photos(tmp_path)
    str(refused.value).encode()
