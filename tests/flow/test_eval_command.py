"""`nigoh eval` with the real models on real photos: figures, files, and one-line errors."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from nigoh.cli.main import main
from nigoh.domain.sighting import PersonId
from nigoh.domain.truth import Appearance, Truth, TruthBox
from nigoh.storage.truth_file import write_truth


@dataclass(frozen=True)
class Result:
    """What a user sees of a command."""

    returncode: int
    stdout: str
    stderr: str


Eval = Callable[..., Result]


@pytest.fixture
def nigoh_eval(capsys: pytest.CaptureFixture[str]) -> Eval:
    """The command `nigoh eval ...`, in this process: starting one for each case would take most of the time."""

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as left:
            main(["eval", *map(str, arguments)])
        said = capsys.readouterr()
        return Result(int(left.value.code or 0), said.out, said.err)

    return run


def refused(result: Result) -> str:
    """The one line of an error."""
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    return result.stderr.splitlines()[0]


@pytest.fixture
def lfw(shared_data: Path) -> Path:
    return shared_data / "lfw-view1"


@pytest.fixture
def few_pairs(lfw: Path, tmp_path: Path) -> Path:
    """The first 20 mated and the first 20 non-mated pairs of DevTest."""
    lines = (lfw / "pairsDevTest.txt").read_text().splitlines()[1:]
    path = tmp_path / "few.txt"
    path.write_text("\n".join(["20", *lines[:20], *lines[500:520]]) + "\n")
    return path


def test_deepface_pairs_are_told_apart_at_the_default_threshold(
    nigoh_eval: Eval, shared_data: Path, tmp_path: Path
) -> None:
    pairs = shared_data / "photos" / "deepface-pairs" / "master.csv"
    result = nigoh_eval("verification", "--pairs", pairs, "--json", tmp_path / "figures.json")

    assert result.returncode == 0, result.stderr
    figures = json.loads((tmp_path / "figures.json").read_bytes())
    assert figures["pairs"] == 300
    assert figures["mated"] == 38
    assert figures["wrong"] <= 1
    assert figures["undetected"] == 0
    assert figures["tar_at_far_1e-3"] >= 0.97
    assert "300" in result.stdout


def test_lfw_pairs_give_every_promised_figure(nigoh_eval: Eval, few_pairs: Path, lfw: Path, tmp_path: Path) -> None:
    figures_file = tmp_path / "figures.json"
    result = nigoh_eval("verification", "--pairs", few_pairs, "--images", lfw / "images", "--json", figures_file)

    assert result.returncode == 0, result.stderr
    figures = json.loads(figures_file.read_bytes())
    promised = {
        "accuracy",
        "accuracy_se",
        "tar_at_far_1e-2",
        "tar_at_far_1e-3",
        "eer",
        "threshold",
        "undetected",
        "pairs",
    }
    assert promised <= set(figures)
    assert (figures["pairs"], figures["folds"], figures["undetected"]) == (40, 1, 0)
    assert figures["accuracy"] >= 0.95
    assert figures["threshold"] == pytest.approx(0.415)
    assert "1e-4" in figures["threshold_source"] or "0.0001" in figures["threshold_source"]
    # 20 non-mated pairs cannot hold a false accept rate of 1e-2 or 1e-3: the figures say so.
    assert len(figures["notes"]) == 2


def test_a_threshold_is_chosen_on_other_pairs(nigoh_eval: Eval, few_pairs: Path, lfw: Path, tmp_path: Path) -> None:
    lines = few_pairs.read_text().splitlines()[1:]
    train, held_out = tmp_path / "train.txt", tmp_path / "held_out.txt"
    train.write_text("\n".join(lines[:10] + lines[20:30]))
    held_out.write_text("\n".join(lines[10:20] + lines[30:]))
    figures_file = tmp_path / "figures.json"
    arguments = ("--images", lfw / "images", "--threshold-from", train, "--json", figures_file)
    result = nigoh_eval("verification", "--pairs", held_out, *arguments)

    assert result.returncode == 0, result.stderr
    figures = json.loads(figures_file.read_bytes())
    assert figures["threshold_source"] == "the best on train.txt"
    assert 0.1 < figures["threshold"] < 0.6
    assert figures["accuracy"] >= 0.9


def test_several_folds_choose_their_thresholds_on_each_other(
    nigoh_eval: Eval, few_pairs: Path, lfw: Path, tmp_path: Path
) -> None:
    lines = few_pairs.read_text().splitlines()[1:]
    folds = [line for fold in range(4) for kind in (0, 20) for line in lines[kind + 5 * fold : kind + 5 * fold + 5]]
    pairs = tmp_path / "folds.txt"
    pairs.write_text("\n".join(["4\t5", *folds]))
    figures_file = tmp_path / "figures.json"
    result = nigoh_eval("verification", "--pairs", pairs, "--images", lfw / "images", "--json", figures_file)

    assert result.returncode == 0, result.stderr
    figures = json.loads(figures_file.read_bytes())
    assert figures["folds"] == 4
    assert figures["accuracy"] >= 0.9
    assert "on the others" in figures["threshold_source"]


def test_a_photo_without_a_face_and_a_broken_one_count_as_undetected(
    nigoh_eval: Eval, lfw: Path, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    (images / "broken.jpg").write_bytes(b"\xff\xd8 not a photo")
    (images / "empty.png").write_bytes(_grey_png())
    for number, photo in enumerate(sorted((lfw / "images" / "Abdullah_Gul").glob("*.jpg"))[:2]):
        (images / f"gul{number}.jpg").write_bytes(photo.read_bytes())
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("gul0.jpg,gul1.jpg,Yes\ngul0.jpg,broken.jpg,Yes\ngul1.jpg,empty.png,No\n")
    result = nigoh_eval("verification", "--pairs", pairs, "--json", tmp_path / "figures.json")

    assert result.returncode == 0, result.stderr
    figures = json.loads((tmp_path / "figures.json").read_bytes())
    assert (figures["undetected"], figures["undetected_pairs"], figures["wrong"]) == (2, 2, 1)
    assert figures["errors"] == [{"first": "gul0.jpg", "second": "broken.jpg", "mated": True, "score": -1.0}]
    assert "undetected: empty.png" in result.stderr
    assert "broken.jpg (unreadable:" in result.stderr


def test_open_set_identification_finds_its_people_and_draws_the_trade_off(
    nigoh_eval: Eval, lfw: Path, tmp_path: Path
) -> None:
    people = tmp_path / "people"
    people.mkdir()
    folders = sorted((lfw / "images").iterdir())
    several = [folder for folder in folders if len(list(folder.glob("*.jpg"))) >= 2][:12]
    single = [folder for folder in folders if len(list(folder.glob("*.jpg"))) == 1][:24]
    for folder in several + single:
        (people / folder.name).symlink_to(folder.resolve(), target_is_directory=True)
    figures_file, plot = tmp_path / "figures.json", tmp_path / "det.png"
    arguments = ("--images", people, "--split", 1, "--plot", plot, "--json", figures_file)
    result = nigoh_eval("identification", *arguments)

    assert result.returncode == 0, result.stderr
    figures = json.loads(figures_file.read_bytes())
    assert (figures["enrolled"], figures["gallery_photos"], figures["non_mated"]) == (12, 12, 24)
    assert figures["rank_1"] >= 0.9
    assert figures["fnir_at_fpir_1e-1"] <= 0.1
    assert figures["fnir_at_fpir_1e-2"] is None
    assert figures["rates"][2]["reason"] == "needs 1000 non-mated probes, there are 24"
    assert "needs 100 non-mated probes" in result.stderr
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert figures["in_use"]["fpir"] <= 0.1


def test_a_gallery_and_probes_of_one_photo_a_person(nigoh_eval: Eval, shared_data: Path, tmp_path: Path) -> None:
    portraits = shared_data / "photos" / "portraits"
    probes = tmp_path / "probes"
    probes.mkdir()
    for person, photo in (("obama", "obama3.jpg"), ("alex_lacamoire", "alex-lacamoire.png")):
        (probes / f"{person}{Path(photo).suffix}").write_bytes((portraits / photo).read_bytes())
    figures_file = tmp_path / "figures.json"
    arguments = ("--gallery", portraits / "knn_examples" / "train", "--probes", probes, "--json", figures_file)
    result = nigoh_eval("identification", *arguments)

    assert result.returncode == 0, result.stderr
    figures = json.loads(figures_file.read_bytes())
    assert figures["rank_1"] == 1
    assert figures["non_mated"] == 0
    assert figures["in_use"]["fpir"] is None


def test_sightings_are_scored_against_a_truth_file(nigoh_eval: Eval, tmp_path: Path) -> None:
    track = tuple(TruthBox(t_s=t_s, box=(10, 10, 50, 50)) for t_s in (1.0, 3.0))
    anna = Appearance(person=PersonId("Anna"), enter_s=1, leave_s=3, track=track)
    truth = Truth(clip="gate.mp4", width=100, height=100, fps=10, frames=50, appearances=(anna,))
    write_truth(truth, tmp_path / "truth.json")
    sighting = {
        "type": "sighting", "camera": "gate", "track": 1, "status": "known", "person": "Anna", "score": 0.7,
        "threshold": 0.4, "first_s": 1.2, "last_s": 2.9, "frames": 9, "model": "sface/2021dec",
        "best": {"t_s": 2.0, "box": [11, 9, 52, 50], "quality": 0.7},
    }  # fmt: skip
    (tmp_path / "sightings.jsonl").write_text(json.dumps(sighting) + "\n")
    arguments = ("--truth", tmp_path / "truth.json", "--sightings", tmp_path / "sightings.jsonl")
    result = nigoh_eval("video", *arguments, "--enrolled", "Anna,Cleo", "--json", tmp_path / "score.json")

    assert result.returncode == 0, result.stderr
    score = json.loads((tmp_path / "score.json").read_bytes())
    assert (score["found"], score["named"], score["wrong_name"], score["false_sightings"]) == (1, 1, 0, 0)
    assert "named" in result.stdout
    assert "found 1 of 1" in result.stdout


def test_what_cannot_be_measured_is_one_line_that_says_what_to_do(
    nigoh_eval: Eval, lfw: Path, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("Abdullah_Gul 13 14\nAbdullah_Gul 13\n")
    folder_of_nobody = tmp_path / "nobody"
    folder_of_nobody.mkdir()

    assert "pairs.txt, line 2: has 2 columns" in refused(nigoh_eval("verification", "--pairs", pairs))
    assert "none.txt: No such file" in refused(nigoh_eval("verification", "--pairs", tmp_path / "none.txt"))
    pairs.write_text("Abdullah_Gul 13 9999\n")
    missing = nigoh_eval("verification", "--pairs", pairs, "--images", lfw / "images")
    assert "no photo 'Abdullah_Gul/Abdullah_Gul_9999'" in refused(missing)
    both = nigoh_eval("verification", "--pairs", pairs, "--threshold", 0.4, "--threshold-from", pairs)
    assert "exclude each other" in refused(both)
    unwritable = nigoh_eval("verification", "--pairs", pairs, "--json", tmp_path / "nowhere" / "f.json")
    assert "a folder that does not exist" in refused(unwritable)
    assert "no test is given" in refused(nigoh_eval("identification"))
    empty = nigoh_eval("identification", "--gallery", folder_of_nobody, "--probes", folder_of_nobody)
    assert "holds no photos" in refused(empty)
    assert "truth.json: No such file" in refused(
        nigoh_eval("video", "--truth", tmp_path / "truth.json", "--sightings", pairs)
    )


def _grey_png() -> bytes:
    memory = BytesIO()
    Image.new("RGB", (200, 200), (120, 120, 120)).save(memory, "PNG")
    return memory.getvalue()
