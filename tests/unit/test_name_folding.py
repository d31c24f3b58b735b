"""Names are found however they are spelled, and no text can do harm."""

import pytest

from nigoh.domain.name_folding import fold_name, folded_names, search_terms, sort_name

ALIKE = [
    ["Oʻktam", "O'ktam", "O‘ktam", "O’ktam", "O`ktam", "O´ktam", "Oʼktam", "Ўктам", "Уктам", "УКТАМ", "oʻKTAM"],
    ["Ғайрат", "Gʻayrat", "G'ayrat", "Гайрат", "Gayrat"],
    ["Шавкат", "Shavkat", "SHAVKAT"],
    ["Чори", "Chori"],
    ["Қодир", "Qodir", "Кодир", "Kodir"],
    ["Ҳасан", "Hasan", "Хасан", "Xasan", "Khasan"],
    ["Жасур", "Jasur", "Джасур", "Dzhasur", "Zhasur"],
    ["Маъмур", "Maʼmur", "Ma'mur", "Mamur"],
    ["Исҳоқ", "Is'hoq", "Ishoq"],
    ["Ёдгор", "Yodgor"],
    ["Йўлдош", "Yoʻldosh", "Юлдош"],
    ["Юлия", "Yuliya", "Yulia"],
    ["Мария", "Mariya", "Maria"],
    ["Сергей", "Sergey", "Sergei"],
    ["Елена", "Yelena", "Elena"],
    ["Эргаш", "Ergash"],
    ["Щербаков", "Shcherbakov", "Sherbakov"],
    ["Цой", "Tsoy"],
    ["Рыбаков", "Rybakov", "Ribakov"],
    ["Юрий", "Yuriy", "Yuri"],
    ["Улуғбек", "Ulugʻbek", "Ulughbek", "Улугбек"],
    ["Муҳаммад", "Muhammad", "Muxammad", "Мухаммад"],
    ["José", "Jose", "JOSE\u0301"],
    ["Đoàn", "Doan"],
    ["İbrahim", "ibrahim", "Ibrahim"],
    ["Али\u0301", "Али", "Ali"],
    ["Anna-Maria", "Anna Maria", "  anna   maria "],
    ["\u202bعلي\u202c", "علي", "عَلِيّ"],
    ["Ａｌｉ", "Ali"],
]


@pytest.mark.parametrize("spellings", ALIKE, ids=lambda spellings: spellings[0])
def test_the_spellings_of_a_name_are_one(spellings: list[str]) -> None:
    assert {fold_name(spelling) for spelling in spellings} == {fold_name(spellings[0])}
    assert fold_name(spellings[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Umid", "Omon"),
        ("Ali", "Vali"),
        ("Omon", "Umon"),
        ("Shavkat", "Savkat"),
        ("علي", "علا"),
        ("张", "李"),
        ("1", "11"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def finds(search: str, name: str) -> bool:
    folded = folded_names([name])
    return all(any(spelling in folded for spelling in spellings) for spellings in search_terms(search))


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("Oktam", "Oʻktam"), ("Oktam", "Ўктам"), ("okt", "O'ktamov"), ("ўкт", "O'ktamov"), ("укт", "Oʻktam"),
        ("Алена", "Алёна"), ("Алёна", "Алена"), ("Alyona", "Алёна"), ("Соловьев", "Соловьёв"),
        ("Sahin", "Şahin"), ("Shahin", "Şahin"), ("Oʻktam", "Õktam"), ("OBrien", "O’Brien"),
        ("karim oʻk", "Ўктам Каримов"), ("mov", "Karimov"), ("😀", "Ali 😀"), ("'", "'"), ("علي", "محمد علي"),
    ],
)  # fmt: skip
def test_a_search_finds_a_name_by_another_spelling_and_by_any_part_of_its_words(search: str, name: str) -> None:
    assert finds(search, name)


def test_every_word_of_a_search_counts() -> None:
    assert not finds("karim vali", "Karim Aliyev")


def test_white_space_asks_for_nothing_in_particular() -> None:
    assert fold_name(" \t\n ") == ""
    assert search_terms(" \t\n ") == ()


@pytest.mark.parametrize(
    "text", ["a%b_c\\d", "\ud800", "\0", "💥" * 10_000, "a" * 100_000, "\u0301" * 500, "ﷺ" * 500]
)
def test_no_text_is_too_strange(text: str) -> None:
    fold_name(text)
    sort_name(text)
    assert len(search_terms(text * 2)) <= 16
    assert not set("%_\\") & set(fold_name(text))


def test_other_names_are_found_too() -> None:
    folded = folded_names(["Umid", "Умид", "Hope"])
    assert folded.splitlines() == ["umid", "hope"]


def test_lists_sort_all_scripts_in_one_alphabet() -> None:
    names = ["Яна", "Bobur", "Шавкат", "Ўктам", "Qodir", "Élise", "Ali"]
    assert sorted(names, key=sort_name) == ["Ali", "Bobur", "Élise", "Ўктам", "Qodir", "Шавкат", "Яна"]
