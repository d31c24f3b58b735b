"""Addresses that operators type, and tables of cameras."""

import pytest

from nigoh.errors import ConfigError
from nigoh.ui.cameras.address import full_address
from nigoh.ui.cameras.table import MOST_LINES, read_table


@pytest.mark.parametrize(
    ("typed", "user", "password", "wanted"),
    [
        ("rtsp://10.0.0.5/s", "", "", "rtsp://10.0.0.5/s"),
        ("10.0.0.5:554/s", "", "", "rtsp://10.0.0.5:554/s"),
        (" rtsp://10.0.0.5/s ", "admin", "p@ss/w:rd", "rtsp://admin:p%40ss%2Fw%3Ard@10.0.0.5/s"),
        ("rtsp://old:one@10.0.0.5/s?x=@", "new", "", "rtsp://new@10.0.0.5/s?x=@"),
        ("http://a:b@h/", "", "ignored", "http://a:b@h/"),
        ("", "", "", ""),
    ],
)
def test_user_and_password_stand_in_the_address_whatever_their_letters(
    typed: str, user: str, password: str, wanted: str
) -> None:
    assert full_address(typed, user, password) == wanted


def test_a_table_is_read_line_by_line_and_says_what_is_wrong() -> None:
    text = (
        "Name;URL;Password;User;mode;schedule;group\n"
        "Gate;10.0.0.5/s;s3cr3t;admin;full;mon-fri 08:00-18:00|sat 09:00-12:00;Ground\n"
        ";;;;;;\n"
        "gate;10.0.0.6/s;;;;;\n"
        "Door;;;;;;\n"
        "Yard;10.0.0.7/s;;;sideways;;\n"
        "Roof;10.0.0.8/s;;;;someday;\n"
    )
    gate, *wrong = read_table(b"\xef\xbb\xbf" + text.encode())
    assert gate.body == {
        "name": "Gate",
        "url": "rtsp://admin:s3cr3t@10.0.0.5/s",
        "mode": "full",
        "schedule": ["mon-fri 08:00-18:00", "sat 09:00-12:00"],
    }
    assert (gate.number, gate.group, gate.problem) == (2, "Ground", "")
    assert "s3cr3t" not in repr(gate)
    assert [(line.number, bool(line.problem)) for line in wrong] == [(4, True), (5, True), (6, True), (7, True)]
    assert "keyframes" in wrong[2].problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"who,where\n1,2\n",
        b"name,url,colour\na,b,c\n",
        b"name,url\n" + b"a,b\n" * (MOST_LINES + 1),
        b'name,url\n"a,b\n',
        b"x" * (2**20 + 1),
    ],
)
def test_what_is_no_table_of_cameras_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ConfigError):
        read_table(content)
