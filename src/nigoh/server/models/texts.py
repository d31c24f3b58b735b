"""Texts that clients send: bounded, and of characters that can be stored."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from nigoh.config.addresses import read_camera_name
from nigoh.domain.person_name import MOST_LETTERS, clean_name


def storable(text: str) -> str:
    """The text, if a database takes it. Raises ValueError."""
    if "\0" in text:
        raise ValueError("it holds a NUL, which no database takes")
    return text


Name = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS), AfterValidator(clean_name)]
"""What somebody or something is called: any script, nothing that cannot be shown."""

Text = Annotated[str, Field(max_length=10_000), AfterValidator(storable)]
"""Any text of some length."""

ShortText = Annotated[str, Field(max_length=256), AfterValidator(storable)]
"""Any short text."""

CameraName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(read_camera_name)]
"""What a camera is called."""

Identifier = Annotated[str, Path(min_length=1, max_length=128, pattern=r"^[0-9A-Za-z._:-]+$")]
"""An identifier in an address."""

CameraInPath = Annotated[str, Path(min_length=1, max_length=64), AfterValidator(read_camera_name)]
"""A camera's name in an address."""
