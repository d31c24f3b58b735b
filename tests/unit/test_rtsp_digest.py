"""Challenges are read as cameras write them, and answered as the RFCs compute it."""

import base64
import re

import pytest

from nigoh.video.rtsp.digest import Authenticator, parse_challenges

REALM_7616 = 'realm="http-auth@example.org", qop="auth, auth-int"'
NONCE_7616 = (
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CLIENT_7616 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
BASIC = 'Basic realm="camera"'
MD5 = 'Digest realm="camera", nonce="abc"'
SHA256 = 'Digest realm="camera", nonce="abc", algorithm=SHA-256, qop="auth"'


def fields(authorization: str | None) -> dict[str, str]:
    assert authorization is not None
    return {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,]*))', authorization)}


@pytest.mark.parametrize(
    ("password", "challenge", "client_nonce", "response"),
    [
        (
            "Circle of Life",
            f"Digest {REALM_7616}, algorithm=MD5, {NONCE_7616}",
            CLIENT_7616,
            "8ca523f5e9506fed4657c9700eebdbec",
        ),
        (
            "Circle of Life",
            f"Digest {REALM_7616}, algorithm=SHA-256, {NONCE_7616}",
            CLIENT_7616,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
        (
            "Circle Of Life",
            'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
            "0a4f113b",
            "6629fae49393a05397450978507c4ef1",
        ),
    ],
)
def test_the_examples_of_the_rfcs(password: str, challenge: str, client_nonce: str, response: str) -> None:
    authenticator = Authenticator("Mufasa", password, lambda: client_nonce)
    assert authenticator.accept([challenge])
    answer = authenticator.authorization("GET", "/dir/index.html")
    assert fields(answer)["response"] == response
    assert ("opaque=" in (answer or "")) == ("opaque=" in challenge)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([BASIC], "BASIC"),
        ([BASIC, MD5], "MD5"),
        ([SHA256, MD5, BASIC], "SHA-256"),
        ([f"{BASIC}, {MD5}, {SHA256}"], "SHA-256"),
        (['Digest realm="a, b", nonce="x\\"y", algorithm="md5"'], "MD5"),
        (['Digest realm="r", nonce="n", algorithm=SHA-512-256', BASIC], "BASIC"),
        (['Digest realm="r", nonce="n", qop="auth-int"', BASIC], "BASIC"),
        (["NTLM abc", 'Digest realm="no nonce"'], None),
        (["", "=,=", '"'], None),
    ],
)
def test_the_strongest_that_can_be_answered_is_chosen(offered: list[str], chosen: str | None) -> None:
    found = [challenge.scheme for challenge in parse_challenges(offered)]
    assert (found[0] if found else None) == chosen


def test_quoted_text_is_read_and_written_with_its_escapes() -> None:
    authenticator = Authenticator('a"b', "p")
    assert authenticator.accept(['Digest realm="x\\"y", nonce="n"'])
    answer = authenticator.authorization("PLAY", "rtsp://cam/") or ""
    assert 'realm="x\\"y"' in answer
    assert 'username="a\\"b"' in answer


def test_basic_sends_user_and_password_in_utf_8() -> None:
    authenticator = Authenticator("қўриқчи", "ўткир:1")
    assert authenticator.authorization("PLAY", "rtsp://cam/") is None
    assert authenticator.accept([BASIC])
    scheme, _, coded = (authenticator.authorization("PLAY", "rtsp://cam/") or "").partition(" ")
    assert (scheme, base64.b64decode(coded).decode()) == ("Basic", "қўриқчи:ўткир:1")


def test_each_request_counts_on_and_names_the_algorithm_only_if_the_camera_did() -> None:
    authenticator = Authenticator("u", "p", lambda: "c")
    authenticator.accept([SHA256])
    first, second = (fields(authenticator.authorization("PLAY", "rtsp://cam/")) for _ in range(2))
    assert (first["nc"], second["nc"], first["algorithm"]) == ("00000001", "00000002", "SHA-256")
    assert first["response"] != second["response"]
    legacy = Authenticator("u", "p")
    legacy.accept([MD5])
    assert fields(legacy.authorization("PLAY", "rtsp://cam/")).keys() == {
        "username",
        "realm",
        "nonce",
        "uri",
        "response",
    }


def test_a_second_refusal_is_final_unless_the_nonce_was_too_old() -> None:
    authenticator = Authenticator("u", "p")
    assert authenticator.accept([MD5])
    assert not authenticator.accept([MD5])
    assert authenticator.accept([f"{MD5}, stale=TRUE"])
    authenticator.note_success()
    assert authenticator.accept(['Digest realm="camera", nonce="another"'])
    assert not authenticator.accept(["Bearer"])


def test_a_session_variant_mixes_in_both_nonces() -> None:
    answers = []
    for algorithm in ("MD5", "MD5-sess"):
        authenticator = Authenticator("u", "p", lambda: "c")
        authenticator.accept([f'{MD5}, algorithm={algorithm}, qop="auth"'])
        answers.append(fields(authenticator.authorization("PLAY", "rtsp://cam/")))
    assert answers[1]["algorithm"] == "MD5-sess"
    assert answers[0]["response"] != answers[1]["response"]
