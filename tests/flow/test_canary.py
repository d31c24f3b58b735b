"""The whole product at its most talkative: a camera's password is nowhere, and a thief of the files finds no face."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil
import pytest
from sqlalchemy import select

from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import open_deployment
from nigoh.domain.template import Templates
from nigoh.storage.database.model_columns import model_of
from nigoh.storage.database.tables import TEMPLATES, TRACKS
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.running_product import RunningProduct
from nigoh.testing.stolen_files import pictures_in, spellings

FARM = ("--cameras", "2", "--people", "1", "--face-share", "0.6", "--size", "640x360", "--fps", "10", "--gop", "10")
NAME = "Oʻktam Karimov"
PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for this test
CANARY = "Kanareyka#7!/" + secrets.token_urlsafe(9)
WRONG_CANARY = "Wrong-one@" + secrets.token_urlsafe(9)
CONFIG = '[engine]\nmetrics = "127.0.0.1:{port}"\nout = "data/out.jsonl"\n[server]\n'
NOUNS = ("cameras", "cameras/gate", "cameras/yard", "system", "sightings", "events", "audit", "clips", "settings")


@dataclass
class Stolen:
    """What a thief, a colleague at the screen or somebody with an account gets hold of.

    Attributes:
        files: of the running product, its backup included, by their path.
        told: what it has answered, printed and logged, by who told it.
        picture: one that was asked for with permission.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    told: dict[str, bytes] = field(default_factory=dict)
    picture: bytes = b""
    folder: Path = Path()

    @property
    def everything(self) -> dict[str, bytes]:
        return self.files | self.told


@pytest.fixture(scope="module")
def farm(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmProcess]:
    faces, account = tmp_path_factory.mktemp("faces"), tmp_path_factory.mktemp("account") / "password"
    (faces / "Somebody.jpg").write_bytes((shared_data / "photos/portraits/obama3.jpg").read_bytes())
    account.write_text(CANARY, "utf-8")
    account.chmod(0o600)
    guarded = ("--auth", "digest", "--user", "guard", "--password-file", str(account))
    with FarmProcess([*FARM, *guarded, "--faces", str(faces)]) as running:
        yield running


@pytest.fixture(scope="module")
def stolen(farm: FarmProcess, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Stolen:
    folder = tmp_path_factory.mktemp("product")
    (folder / "nigoh.toml").write_text(CONFIG.format(port=free_port()))
    (folder / "data").mkdir(mode=0o700)
    product = RunningProduct(folder, ("--config", str(folder / "nigoh.toml"), "--log-level", "debug"))
    found = Stolen(folder=folder)
    with product.running(), product.client:
        product.set_up("aziz", PASSWORD)
        watch(product, farm)
        enrol(product, shared_data)
        found.picture = product.until(lambda: picture_of_somebody(product))
        product.until(lambda: list(folder.rglob("*.mp4")))
        product.until(lambda: product.ask("GET", "cameras/yard").json()["status"]["reason"])
        found.told = ask_everybody(product)
        backup = folder / "backup.tar"
        found.told["backup"] = command(folder, "backup", str(backup), "--data", str(folder / "data"))
        # Before it ends, with its log of changes, its spool and whatever it keeps for a moment.
        found.files = {str(path): path.read_bytes() for path in folder.rglob("*") if is_readable(path)}
    found.told["said"] = product.said().encode()
    found.files |= {f"{path} afterwards": path.read_bytes() for path in folder.rglob("*") if is_readable(path)}
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_readable(path: Path) -> bool:
    return path.is_file() and "keys" not in path.parts


def watch(product: RunningProduct, farm: FarmProcess) -> None:
    """A camera that is recorded, one that refuses its password, and one that nobody answers for."""
    first, second = (url.removeprefix("rtsp://") for url in farm.place.urls)
    right, wrong = quote(CANARY, safe=""), quote(WRONG_CANARY, safe="")
    for name, url, record in (
        ("gate", f"rtsp://guard:{right}@{first}", "always"),
        ("yard", f"rtsp://guard:{wrong}@{second}", "sightings"),
        ("door", f"http://guard:{right}@127.0.0.1:9/video?password={right}", "never"),
    ):
        answer = product.ask("POST", "cameras", 201, json={"name": name, "url": url, "record": record})
        assert "***" in answer.json()["url"]


def enrol(product: RunningProduct, shared_data: Path) -> None:
    photo = (shared_data / "photos/portraits/obama.jpg").read_bytes()
    assert pictures_in(photo), "what is looked for is found where it is"
    person = product.ask("POST", "people", 201, json={"name": NAME}).json()["id"]
    product.ask("POST", f"people/{person}/photos", 201, files={"photos": ("1.jpg", photo, "image/jpeg")})


def picture_of_somebody(product: RunningProduct) -> bytes:
    """Of whoever was named first, as soon as there is one."""
    named = product.ask("GET", "sightings", params={"status": "known"}).json()["items"]
    answers = [product.client.get(f"sightings/{each['id']}/picture") for each in named[-1:]]
    return next((answer.content for answer in answers if answer.status_code == 200), b"")


def ask_everybody(product: RunningProduct) -> dict[str, bytes]:
    """What the API, the metrics, `nigoh top` and the system's list of processes tell."""
    told = {noun: product.ask("GET", noun).content for noun in NOUNS}
    told["metrics of the server"] = product.client.get("metrics").content
    metrics = product.until(lambda: re.search(r"metrics at (http://[^ ]+)", product.said()))[1]
    told["metrics of the engine"] = product.client.get(metrics).content
    assert b"nigoh_" in told["metrics of the engine"]
    told["top"] = command(product.folder, "top", "--once", "--json", "--data-dir", str(product.folder / "data"))
    assert {"gate", "yard", "door"} <= set(re.findall(r"gate|yard|door", told["top"].decode()))
    running = psutil.Process().children(recursive=True)
    assert len(running) >= 3, "the farm, the product and its shards"
    for process in running:
        for name in ("cmdline", "environ"):
            told[f"{name} of {process.pid}"] = Path(f"/proc/{process.pid}/{name}").read_bytes()
    return told


def command(folder: Path, *words: str) -> bytes:
    key = str(folder / "keys" / "master.key")
    done = subprocess.run(
        [sys.executable, "-m", "nigoh", *words],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "NIGOH_MASTER_KEY_FILE": key},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("canary", [CANARY, WRONG_CANARY], ids=["right", "wrong"])
def test_a_cameras_password_is_nowhere(stolen: Stolen, canary: str) -> None:
    places = " ".join(stolen.files)
    for part in ("nigoh.db", "nigoh.db-wal", "backup.tar", ".mp4", "/media/", "out.jsonl", "/said"):
        assert part in places
    named = {Path(path).name for path, content in stolen.files.items() if NAME.encode() in content}
    assert "backup.tar" in named, "what is written there can be found"
    holders = [name for name, told in stolen.everything.items() for form in spellings(canary) if form in told]
    assert holders == []
    said = stolen.told["said"]
    assert b"yard  retrying" in said or b"refuses this user" in said, "the refusal was told"
    assert json.loads(stolen.told["cameras/yard"])["status"]["reason"]


def test_no_picture_lies_there_readable(stolen: Stolen) -> None:
    assert pictures_in(stolen.picture) == [0]
    assert {name: at for name, content in stolen.files.items() if (at := pictures_in(content))} == {}


def test_no_template_lies_there_readable(stolen: Stolen) -> None:
    key = stolen.folder / "keys" / "master.key"
    settings = deployment_settings(DeploymentEnvironment(), data=stolen.folder / "data", master_key_file=key)
    protected: list[Templates] = []
    with open_deployment(settings) as deployment, deployment.database.read() as connection:
        for table in (TEMPLATES, TRACKS):
            for row in connection.execute(select(table).where(table.c.sealed_vector.is_not(None))).mappings():
                sealed = Sealed(row["key_id"], row["sealed_vector"])
                plain = deployment.vault.open(connection, sealed, row_binding(table, row["id"]))
                protected.append(Templates(np.frombuffer(plain, "<f4")[None], model_of(row)))
        plainly = [deployment.vault.unprotect(each) for each in protected]
    assert len(protected) >= 2, "one that was enrolled, and one of a track"
    pieces = [
        vectors.astype(kind).tobytes()[at : at + 16]
        for vectors in (each.vectors for each in (*protected, *plainly))
        for kind in ("<f4", ">f4", "<f2", "<f8")
        for at in (0, 64, 128)
    ]
    assert [name for name, content in stolen.files.items() for piece in pieces if piece in content] == []
