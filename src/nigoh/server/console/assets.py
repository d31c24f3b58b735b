"""The files of Flet's web client, packed once and told apart by their content; nothing comes from elsewhere."""

import gzip
import hashlib
import mimetypes
import re
import shutil
import tempfile
import threading
from base64 import b64encode
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import distribution
from pathlib import Path

import flet_web

_PACKED = frozenset({".js", ".mjs", ".wasm", ".html", ".json", ".css", ".ttf", ".otf", ".svg", ".bin", ".frag"})
_KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".otf": "font/otf"}
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SCRIPT = "console/watch.js"
_SCRIPTS = {_SCRIPT: "", "console/sounds.js": " defer", "console/alerts.js": " defer"}
"""Of ours in the page, and how they are loaded; the first one before Flet's."""
_FALLBACKS = "assets/fonts/noto"
_FALLBACK = "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf"
"""Flutter asks for fonts of Noto where its own lacks a letter, as for the ʻ of Oʻzbekcha. This one has them all."""


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """A file as it is sent.

    Attributes:
        content: packed by gzip if `is_packed`.
        kind: its media type.
        etag: of its content, quoted.
        is_packed: whether it has to be unpacked.
    """

    content: bytes
    kind: str
    etag: str
    is_packed: bool


class ConsoleAssets:
    """All files of the client. Any thread may ask; each file is read and packed when it is first asked for.

    Packed, they are about 6 MB in memory, and stay there.
    """

    def __init__(self) -> None:
        self._root = Path(flet_web.get_package_web_dir()).resolve()
        self._lock = threading.Lock()
        self._found: dict[str, Asset | None] = {}
        self._own = _patched(self._root)
        self.script_hashes = tuple(_script_hash(text) for text in _INLINE.findall(self._own["index.html"].decode()))
        """Of the scripts that stand in the page itself, as a content security policy names them."""

    def find(self, path: str) -> Asset | None:
        """The file at a path without a leading slash; None if there is none."""
        with self._lock:
            if path not in self._found:
                content = self._read(path)
                # Nobody fills the memory with what is not there.
                if content is None:
                    return None
                self._found[path] = _asset(path, content)
            return self._found[path]

    def _read(self, path: str) -> bytes | None:
        if path in self._own:
            return self._own[path]
        try:
            if path.startswith(_FALLBACKS):
                return Path(str(distribution("matplotlib").locate_file(_FALLBACK))).read_bytes()
            place = (self._root / path).resolve()
            is_inside = place.is_relative_to(self._root) and place.is_file()
        except (OSError, ValueError):
            return None
        return place.read_bytes() if is_inside else None


def _patched(root: Path) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        index, manifest, fonts = (Path(folder, name) for name in ("index.html", "manifest.json", "FontManifest.json"))
        shutil.copyfile(root / "index.html", index)
        shutil.copyfile(root / "manifest.json", manifest)
        shutil.copyfile(root / "assets" / "FontManifest.json", fonts)
        flet_web.patch_index_html(
            str(index),
            "/",
            websocket_endpoint_path="/console/ws",
            app_name="nigoh",
            app_description="nigoh",
            no_cdn=True,
        )
        flet_web.patch_manifest_json(str(manifest), app_name="nigoh", app_short_name="nigoh", app_description="nigoh")
        flet_web.patch_font_manifest_json(str(fonts))
        page = index.read_text("utf-8")
        ours = "".join(f'  <script src="/{each}"{how}></script>\n' for each, how in _SCRIPTS.items())
        page = page.replace("</head>", f"{ours}</head>", 1)
        return {
            "index.html": page.encode(),
            "manifest.json": manifest.read_bytes(),
            "assets/FontManifest.json": fonts.read_bytes(),
            _SCRIPT: resources.files("nigoh.server.console").joinpath("page_files", "watch.js").read_bytes(),
        }


def _script_hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _asset(path: str, content: bytes) -> Asset:
    suffix = Path(path).suffix.lower()
    kind = _KINDS.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    is_packed = suffix in _PACKED
    return Asset(
        content=gzip.compress(content, 9, mtime=0) if is_packed else content,
        kind=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        etag=f'"{hashlib.sha256(content).hexdigest()[:24]}"',
        is_packed=is_packed,
    )
