"""What may be connected to: addresses that somebody made to get past a check, and lists that somebody means."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from nigoh.errors import OutboundRefused, SourceUnavailable
from nigoh.outbound import Approved, Outbound, OutboundPolicy, Purpose, check_outbound, parse_allowed
from nigoh.outbound.address_reach import Reach, reach_of
from nigoh.outbound.host_name import plain_host


def gate(*allowed: str, listed: bool = False, **names: Sequence[str]) -> Outbound:
    """A gate whose names resolve to what is given; underscores in a name stand for dots."""
    places = {name.replace("_", "."): tuple(found) for name, found in names.items()}

    def resolve(name: str, port: int) -> Sequence[str]:
        del port
        if name not in places:
            raise OSError
        return places[name]

    return Outbound(OutboundPolicy(listed_only=listed, allowed=tuple(map(parse_allowed, allowed))), resolve)


NEVER = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",  # noqa: S104 - nobody binds to it
    "0.1.2.3",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "FD00:EC2:0:0:0:0:0:254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::10.0.0.5",
    "2002:a9fe:a9fe::1",
    "2002:0a00:0005::1",
    "2001:0:a9fe:a9fe::1",
    "[fd00:ec2::254]",
    "[::ffff:169.254.169.254]",
]

DISGUISED = [
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "169.254.169.254.",
    "0169.254.169.254",
    "127.1",
    "0x7f.1",
    "017700000001",
    "2130706433",
    "０x7f.1",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    "169。254。169。254",
    "fe80::1%eth0",
    "fe80::1%25eth0",
    "::ffff:169.254.169.254%1",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata",
    "",
    " ",
    ".",
    "a..b",
    "host name",
    "host\0name",
    "host\nname",
    "user@host",
    "host/path",
    "host?query",
    "host#part",
    "host\\part",
    "http://host",
    "%31%36%39.254.169.254",
    "-host",
    "a" * 64,
    "a." * 200 + "a",
    "[::1",
    "1:2:3",
]


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("host", [*NEVER, *DISGUISED])
def test_nobody_is_sent_to_metadata_or_to_a_disguised_address(host: str, purpose: Purpose) -> None:
    with pytest.raises(OutboundRefused):
        gate("169.254.0.0/16", "127.0.0.0/8", "fd00:ec2::/32", "metadata.google.internal").check(host, 80, purpose)


@pytest.mark.parametrize("address", NEVER)
def test_a_name_that_leads_there_is_refused(address: str) -> None:
    with pytest.raises(OutboundRefused, match="never connected to"):
        gate("cam.uz", cam_uz=[address.strip("[]")]).check("cam.uz", 554, Purpose.CAMERA)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.5", "172.16.3.4", "192.168.1.1", "100.64.0.1", "127.0.0.1", "127.8.9.1", "::ffff:10.0.0.5"),
        *("::1", "fd12::5"),
    ],
)
def test_private_addresses_are_for_cameras_alone(host: str) -> None:
    assert gate().check(host, 554, Purpose.CAMERA).addresses
    for purpose in set(Purpose) - {Purpose.CAMERA, Purpose.PROXY}:
        with pytest.raises(OutboundRefused, match="for cameras alone"):
            gate().check(host, 443, purpose)


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("10.0.0.5", "::ffff:10.0.0.5"),
        ("10.0.0.0/8", "10.9.9.9"),
        ("10.0.0.5:9092", "10.0.0.5"),
        ("kafka.lan", "kafka.lan"),
        ("KAFKA.lan.", "kafka.LAN"),
        ("kafka.lan:9092", "kafka.lan"),
        ("10.0.0.0/8", "kafka.lan"),
        ("fd12::5", "fd12::5"),
        ("[fd12::5]:9092", "fd12:0::5"),
        ("localhost", "localhost"),
    ],
)
def test_a_private_address_that_is_listed_may_be_connected_to(allowed: str, host: str) -> None:
    assert gate(allowed, kafka_lan=["10.0.0.5"], localhost=["::1", "127.0.0.1"]).check(host, 9092, Purpose.BROKER)


@pytest.mark.parametrize("allowed", ["10.0.0.6", "10.0.0.5:443", "10.1.0.0/16", "lan", "*.kafka.lan", "kafka.lan:80"])
def test_what_is_near_to_the_list_is_not_on_it(allowed: str) -> None:
    with pytest.raises(OutboundRefused):
        gate(allowed, kafka_lan=["10.0.0.5"]).check("kafka.lan", 9092, Purpose.BROKER)


def test_a_pattern_does_not_open_the_private_network() -> None:
    """Whoever owns a name below it could point that name at anything."""
    subject = gate("*.example.uz", evil_example_uz=["10.0.0.5"], good_example_uz=["203.0.113.9"])
    assert subject.check("good.example.uz", 443, Purpose.WEBHOOK).addresses == ("203.0.113.9",)
    with pytest.raises(OutboundRefused):
        subject.check("evil.example.uz", 443, Purpose.WEBHOOK)


def test_without_the_switch_the_internet_is_open() -> None:
    subject = gate(example_com=["203.0.113.9", "2001:db9::1"])
    assert subject.check("Example.com.", 443, Purpose.WEBHOOK) == Approved(
        "example.com", 443, ("203.0.113.9", "2001:db9::1")
    )


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("host", ["203.0.113.9", "example.com", "sub.hooks.uz.example.com", "hooks.uz.evil.com"])
def test_with_the_switch_what_is_not_listed_is_refused(host: str, purpose: Purpose) -> None:
    subject = gate("hooks.uz", "198.51.100.0/24", listed=True, **{host.replace(".", "_"): ["203.0.113.9"]})
    with pytest.raises(OutboundRefused, match="not on the list"):
        subject.check(host, 443, purpose)


@pytest.mark.parametrize(
    ("allowed", "host"),
    [("hooks.uz", "hooks.uz"), ("*.hooks.uz", "a.hooks.uz"), ("203.0.113.0/24", "203.0.113.9")],
)
def test_with_the_switch_what_is_listed_is_let_through(allowed: str, host: str) -> None:
    subject = gate(allowed, listed=True, hooks_uz=["203.0.113.9"], a_hooks_uz=["203.0.113.9"])
    assert subject.check(host, 443, Purpose.WEBHOOK).addresses == ("203.0.113.9",)


def test_with_the_switch_a_name_that_is_not_listed_is_not_even_resolved() -> None:
    asked: list[str] = []

    def resolve(name: str, port: int) -> Sequence[str]:
        del port
        asked.append(name)
        return ("203.0.113.9",)

    subject = Outbound(OutboundPolicy(listed_only=True, allowed=(parse_allowed("hooks.uz"),)), resolve)
    with pytest.raises(OutboundRefused):
        subject.check("secret-data.evil.com", 443, Purpose.WEBHOOK)
    assert asked == []


def test_with_the_switch_cameras_of_the_own_network_stay_and_others_have_to_be_listed() -> None:
    subject = gate(listed=True, cam_lan=["192.168.1.20"], cam_cloud=["203.0.113.9"])
    assert subject.check("cam.lan", 554, Purpose.CAMERA).addresses == ("192.168.1.20",)
    assert subject.check("127.0.0.1", 8554, Purpose.CAMERA)
    with pytest.raises(OutboundRefused):
        subject.check("cam.cloud", 554, Purpose.CAMERA)


def test_of_several_addresses_only_those_that_are_allowed_are_given() -> None:
    subject = gate(cam_local=["fe80::1%eth0", "169.254.3.4", "192.168.1.20"])
    assert subject.check("cam.local", 554, Purpose.CAMERA).addresses == ("192.168.1.20",)


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind() -> None:
    answers = iter([("203.0.113.9",), ("127.0.0.1",)])
    subject = Outbound(resolve=lambda name, port: next(answers) if (name, port) else ())
    assert subject.check("rebinding.example", 443, Purpose.WEBHOOK).addresses == ("203.0.113.9",)
    with pytest.raises(OutboundRefused):
        subject.check("rebinding.example", 443, Purpose.WEBHOOK)


def test_a_name_without_an_address_may_have_one_later() -> None:
    with pytest.raises(SourceUnavailable, match=r"there is no host nowhere\.uz"):
        gate().check("nowhere.uz", 443, Purpose.MODEL)
    with pytest.raises(SourceUnavailable):
        gate(empty_uz=[]).check("empty.uz", 443, Purpose.MODEL)


def test_the_refusal_says_what_to_write_where() -> None:
    with pytest.raises(OutboundRefused, match=r'hooks\.uz:443 \(webhook\).*allowed = \["hooks\.uz"\]'):
        gate(listed=True).check("hooks.uz", 443, Purpose.WEBHOOK)


def test_a_proxy_of_the_own_network_is_meant_unless_the_switch_is_on() -> None:
    assert gate().check("10.0.0.1", 3128, Purpose.PROXY)
    with pytest.raises(OutboundRefused):
        gate(listed=True).check("10.0.0.1", 3128, Purpose.PROXY)


@pytest.mark.parametrize("host", ["evil.com", "10.0.0.5", "169.254.169.254", "metadata.google.internal"])
def test_behind_a_proxy_the_same_list_holds(host: str) -> None:
    subject = gate("models.uz", "203.0.113.0/24", listed=True)
    subject.check_name("models.uz", 443, Purpose.MODEL)
    with pytest.raises(OutboundRefused):
        subject.check_name(host, 443, Purpose.MODEL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "*.*",
        "a b",
        "10.0.0.0/0",
        "::/0",
        "10.0.0.5/8",
        "host:0",
        "host:65536",
        "*.10.0.0.1",
        "0x7f.1",
        "[fd00::/8]",
    ],
)
def test_what_means_nothing_or_everything_is_no_entry_of_the_list(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_allowed(text)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Camera-1.LAN.", "camera-1.lan"),
        ("cam_1.lan", "cam_1.lan"),
        ("[FD00::0:1]", "fd00::1"),
        ("камера.uz", "xn--80aaoslz.uz"),
        ("１０.0.0.5", "10.0.0.5"),
    ],
)
def test_a_host_is_compared_in_one_form(given: str, plain: str) -> None:
    assert plain_host(given) == plain


def test_multicast_is_how_some_cameras_send() -> None:
    assert reach_of(ip_address("239.1.2.3")) is Reach.MULTICAST
    assert check_outbound("239.1.2.3", 5004, Purpose.CAMERA)
    with pytest.raises(OutboundRefused):
        check_outbound("239.1.2.3", 5004, Purpose.BROKER)


def test_what_is_never_connected_to_is_not_advised_to_be_listed() -> None:
    with pytest.raises(OutboundRefused) as caught:
        gate().check("169.254.169.254", 80, Purpose.WEBHOOK)
    assert not caught.value.next_step
