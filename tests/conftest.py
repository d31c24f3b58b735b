"""What all tests share."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The team's real photos, clips and models, which are never part of the repository."""
    if not _SHARED.is_dir():
        pytest.skip("the shared test data is not beside the repository (../shared/data)")
    return _SHARED
