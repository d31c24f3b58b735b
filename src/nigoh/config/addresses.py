"""What users write for paths, addresses and camera names, as the values that are meant.

Each function takes what stands in a file and raises ValueError with one line that is safe to show.
"""

import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationInfo

from nigoh.domain.camera_url import CameraUrl
from nigoh.outbound.policy import why_never

SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "udp", "rtp", "srt", "http", "https", "file")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_MOST_PASSWORD_BYTES = 1024
_LISTENING = {"0.0.0.0", "::"}  # noqa: S104 - nothing is connected to: FFmpeg waits there for what comes
_NAME_MARKS = " ._-"


def read_path(value: object, info: ValidationInfo) -> Path:
    """A path; a relative one stands beside the file that names it, whose folder is the context's `folder`."""
    if not isinstance(value, str):
        raise ValueError("it is a text in quotes")  # noqa: TRY004 - pydantic collects ValueError alone
    if not value.strip() or "\0" in value:
        raise ValueError("it is the name of a file or a folder")
    return _folder(info) / _expanded(value)


def read_output(value: object, info: ValidationInfo) -> Path:
    """A path as `read_path` takes it; "-", which means standard output, stays as it is."""
    return Path("-") if value == "-" else read_path(value, info)


def read_address(value: object, info: ValidationInfo) -> CameraUrl:
    """A camera's URL; the path of a video file or a webcam becomes a file:// URL.

    What is refused is not shown, as it may hold a password in a place where nobody looks for one.
    """
    if not isinstance(value, str):
        raise ValueError('it is a text in quotes, as in "rtsp://10.0.0.5/stream"')  # noqa: TRY004 - as above
    text = value.strip()
    if not _URL.match(text):
        return _file_url(text, info)
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError("an address has no spaces: write %20 for one in a password")
    return _checked_url(CameraUrl(text))


def read_endpoint(value: str) -> str:
    """An address to listen on, host:port, or nothing."""
    host, colon, port = value.rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0
    is_host = (
        host and not re.search(r"[\s/@]", host) and (":" not in host or re.fullmatch(r"\[[0-9a-fA-F:.]+\]", host))
    )
    if value and not (colon and is_host and 0 < number < 65536):
        raise ValueError("it is host:port with a port from 1 to 65535, as in 127.0.0.1:9464, or empty")
    return value


def read_camera_name(value: str) -> str:
    """A camera's name in Unicode form NFC. It is a part of file names, so that not everything can be one."""
    name = unicodedata.normalize("NFC", value)
    if not 1 <= len(name) <= 64:
        raise ValueError(f"a camera's name has 1 to 64 characters, not {len(name)}")
    odd = next((each for each in name if not _may_stand_in_name(each)), None)
    if odd is not None:
        raise ValueError(f"a camera's name has letters, digits, spaces and . _ - and no {_shown(odd)}")
    if name[0] in " .-" or name[-1] in " .":
        raise ValueError("a camera's name begins with a letter, a digit or _ and ends neither with a space nor a dot")
    return name


def read_password(path: Path) -> str:
    """The only line of a file. No error shows any of it."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_PASSWORD_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or 'input or output error'}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8") from error
    password = text.rstrip("\r\n")
    if len(text) > _MOST_PASSWORD_BYTES or not password or not password.isprintable():
        raise ValueError(f"{path} does not hold one line with a password")
    return password


def _checked_url(url: CameraUrl) -> CameraUrl:
    if url.scheme not in SCHEMES:
        raise ValueError(f"{url.scheme}:// cannot be opened: use one of {', '.join(SCHEMES)}")
    if url.scheme == "file":
        if not re.match(r"file://(?:localhost)?/.", url.reveal()):
            raise ValueError("the address names no file: write file:///path/to/video.mp4")
        return url
    if not url.host:
        raise ValueError("the address names no host: write it like rtsp://10.0.0.5/stream")
    if not (url.scheme in {"udp", "rtp"} and url.host in _LISTENING) and (reason := why_never(url.host)):
        raise ValueError(reason)
    if not _has_possible_port(url):
        raise ValueError(
            "the address has no number from 1 to 65535 as port: write it like rtsp://10.0.0.5:554/stream"
        )
    return url


def _has_possible_port(url: CameraUrl) -> bool:
    try:
        return urlsplit(f"//{url.name}").port != 0
    except ValueError:
        return False


def _file_url(text: str, info: ValidationInfo) -> CameraUrl:
    if text and "\0" not in text:
        path = _folder(info) / _expanded(text)
        try:
            if path.is_file() or path.is_char_device():
                return CameraUrl(path.resolve().as_uri())
        except OSError:
            # A name that is too long, a folder that may not be entered: no file that could be played.
            pass
    raise ValueError(
        "it is neither an address, which begins with rtsp:// or another scheme, nor a video file that exists"
    )


def _folder(info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return folder if isinstance(folder, Path) else Path()


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError(f"the home folder in {text} is not known") from error


def _may_stand_in_name(character: str) -> bool:
    return character in _NAME_MARKS or unicodedata.category(character)[0] in "LM" or character.isdecimal()


def _shown(character: str) -> str:
    return f"'{character}'" if character.isprintable() else f"character U+{ord(character):04X}"
