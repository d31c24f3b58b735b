"""Lists of pairs: what is read, and what is refused with its line."""

import numpy as np
import pytest

from nigoh.errors import SourceError
from nigoh.evaluation.pairs import Pair, PairList, parse_pairs


def test_a_count_of_one_fold_stands_above_mated_then_non_mated_pairs() -> None:
    pairs = parse_pairs("2\nAnna 1 2\nBob\t3\t4\nAnna 1 Bob 2\nBob 1 Cleo_X 10\n", "pairs.txt")

    assert pairs.folds == 1
    assert pairs.mated.tolist() == [True, True, False, False]
    assert pairs.pairs[1] == Pair("Bob/Bob_0003", "Bob/Bob_0004", mated=True)
    assert pairs.pairs[3] == Pair("Bob/Bob_0001", "Cleo_X/Cleo_X_0010", mated=False)


def test_a_count_of_folds_cuts_the_pairs_into_them() -> None:
    pairs = parse_pairs("2\t1\nA\t1\t2\nA\t1\tB\t1\nB\t1\t2\nB\t1\tC\t1\n", "pairs.txt")

    assert pairs.folds == 2
    assert pairs.fold_of.tolist() == [0, 0, 1, 1]


def test_the_count_may_be_left_out() -> None:
    pairs = parse_pairs("A 1 B 1\nA 1 2\n\n", "pairs.txt")

    assert (len(pairs), pairs.folds) == (2, 1)
    assert pairs.mated.tolist() == [False, True]


def test_names_may_hold_spaces_between_tabs_and_letters_of_any_script() -> None:
    pairs = parse_pairs("Ўктам Аҳмедов\t1\t2\nOʻktam Q.\t1\tVan der Berg\t2\n", "pairs.txt")

    assert pairs.pairs[0].first == "Ўктам Аҳмедов/Ўктам Аҳмедов_0001"
    assert pairs.pairs[1].second == "Van der Berg/Van der Berg_0002"


def test_every_photo_is_named_once() -> None:
    assert parse_pairs("A 1 2\nA 2 3\n", "pairs.txt").photos == ("A/A_0001", "A/A_0002", "A/A_0003")


@pytest.mark.parametrize("heading", ["file_x,file_y,Decision\r\n", ""])
def test_a_table_with_commas_says_yes_or_no(heading: str) -> None:
    pairs = parse_pairs(heading + 'img20.jpg,img21.jpg,Yes\r\n"a,b.jpg",c.jpg,no\r\n', "master.csv")

    assert pairs.pairs == (Pair("img20.jpg", "img21.jpg", mated=True), Pair("a,b.jpg", "c.jpg", mated=False))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no pairs"),
        ("\n \n", "holds no pairs"),
        ("A 1 2\nA 1\n", "pairs.txt, line 2: has 2 columns"),
        ("A 1 2\n\nVan der Berg 1 2\n", "pairs.txt, line 3: has 5 columns"),
        ("A 1 x\n", "pairs.txt, line 1: 'x' is not the number of a photo"),
        ("A 1 B two\n", "pairs.txt, line 1: 'two' is not the number of a photo"),
        ("A -1 2\n", "pairs.txt, line 1: '-1' is not the number of a photo"),
        ("2\nA 1 2\nA 1 B 1\n", "pairs.txt, line 1: promises 1 x (2 mated + 2 non-mated)"),
        ("1\nA 1 B 1\nA 1 2\n", "in this order"),
        ("file_x,file_y,Decision\na.jpg,b.jpg,Perhaps\n", "pairs.txt, line 2: is not: file, file, Yes or No"),
        ("a.jpg,b.jpg,Yes\na.jpg,Yes\n", "pairs.txt, line 2"),
        ("file_x,file_y,Decision\n", "holds no pairs"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_file_and_line(text: str, said: str) -> None:
    with pytest.raises(SourceError) as refused:
        parse_pairs(text, "pairs.txt")

    assert said in str(refused.value)
    assert refused.value.next_step


def test_unequal_folds_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="equal folds"):
        PairList((Pair("a", "b", mated=True),) * 3, folds=2)


def test_masks_are_arrays_of_the_length_of_the_list() -> None:
    pairs = PairList((Pair("a", "b", mated=True), Pair("a", "c", mated=False)))

    assert pairs.mated.dtype == np.bool_
    assert pairs.mated.shape == pairs.fold_of.shape == (2,)
