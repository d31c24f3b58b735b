"""Downloads a model file that the catalogue names; only `nigoh models pull` comes here."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Protocol

from nigoh.errors import ModelError, SourceUnavailable
from nigoh.outbound import Outbound, Purpose
from nigoh.outbound.connecting import HttpsThroughGate
from nigoh.vision.atomic_file import write_atomically
from nigoh.vision.model_entry import ModelEntry, WebOrigin

_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 30.0


class OpenUrl(Protocol):
    """Opens an https address for reading. Raises OSError (urllib.error.URLError is one)."""

    def __call__(self, url: str) -> IO[bytes]:
        """The open response, to be read to its end and closed."""
        ...


def open_https(url: str, gate: Outbound | None = None) -> IO[bytes]:
    """Open an https address through the gate; redirections stay on https.

    Raises:
        OutboundRefused: the gate does not let it through.
        SourceUnavailable: there is no such host.
        OSError: it cannot be reached, or answers with an error.
    """
    opener = urllib.request.build_opener(_HttpsOnly(), HttpsThroughGate(gate or Outbound(), Purpose.MODEL))
    response: IO[bytes] = opener.open(url, timeout=_TIMEOUT_S)
    return response


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Refuses to be sent from https to anything else."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise urllib.error.URLError(f"{req.full_url} leads away from https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(entry: ModelEntry, origin: WebOrigin, target: Path, open_url: OpenUrl = open_https) -> None:
    """Download a model's file; nothing appears at `target` unless its digest is the catalogue's.

    Raises:
        SourceUnavailable: the address cannot be read now.
        OutboundRefused: it may not be connected to.
        ModelError: it holds another file than the catalogue means.
        OutputError: the target cannot be written.
    """
    write_atomically(target, _checked(entry, origin, open_url))


def _checked(entry: ModelEntry, origin: WebOrigin, open_url: OpenUrl) -> Iterator[bytes]:
    """The file's chunks; raises after the last one unless the digest is right, so that it is not put in place."""
    digest = hashlib.sha256()
    try:
        with closing(open_url(origin.url)) as response:
            while chunk := response.read(_CHUNK_BYTES):
                digest.update(chunk)
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise SourceUnavailable(
            f"model {entry.name}: {origin.url} cannot be read: {error}", "Check the network and try again."
        ) from error
    if digest.hexdigest() != entry.sha256:
        raise ModelError(
            f"model {entry.name}: {origin.url} holds another file: its SHA-256 begins with "
            f"{digest.hexdigest()[:12]}, the catalogue says {entry.sha256[:12]}",
            "Nothing was kept. Get the file elsewhere, put it into a folder, and set NIGOH_MODELS to it.",
        )
