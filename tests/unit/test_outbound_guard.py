"""The guard over a process's sockets, in processes of their own: it can never be taken out again."""

import json
import subprocess
import sys

import pytest

_PROGRAM = """
import json, socket, sys, asyncio, urllib.request
from nigoh.outbound import Outbound, OutboundPolicy, Purpose, parse_allowed
from nigoh.outbound.guard import install_guard

names = {"hooks.uz": ("192.0.2.7",)}
policy = OutboundPolicy(listed_only=True, allowed=tuple(map(parse_allowed, ALLOWED)))
gate = Outbound(policy, lambda name, port: names[name])
guard = install_guard(gate)

def tried(attempt):
    try:
        attempt()
    except PermissionError:
        return "refused"
    except OSError as error:
        return "let through"
    return "let through"

def tcp(host, port, by="connect"):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
        sock.setblocking(False)
        getattr(sock, by)((host, port))

def udp(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.sendto(b"x", (host, port))

print(json.dumps([tried(attempt) for attempt in (ATTEMPTS)]), guard.refused)
"""


def outcomes(attempts: str, *allowed: str) -> list[str]:
    program = _PROGRAM.replace("ALLOWED", repr(allowed)).replace("ATTEMPTS", attempts)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    told, _, refused = done.stdout.strip().rpartition(" ")
    results = json.loads(told)
    assert isinstance(results, list)
    assert int(refused) >= results.count("refused")
    return results


# One process for all of them: each costs a third of a second.
_CASES = {
    'lambda: tcp("127.0.0.1", 9)': "let through",
    'lambda: tcp("::1", 9)': "let through",
    'lambda: tcp("198.51.100.3", 443)': "let through",
    'lambda: tcp("203.0.113.5", 443)': "let through",
    'lambda: tcp("203.0.113.5", 444)': "refused",
    'lambda: tcp("203.0.113.6", 443)': "refused",
    'lambda: tcp("10.0.0.5", 554)': "refused",
    'lambda: tcp("169.254.169.254", 80)': "refused",
    'lambda: tcp("::ffff:203.0.113.6", 443)': "refused",
    'lambda: tcp("2001:db9::1", 443)': "refused",
    'lambda: tcp("8.8.8.8", 53)': "refused",
    'lambda: tcp("203.0.113.6", 443, "connect_ex")': "refused",
    'lambda: udp("203.0.113.6", 53)': "refused",
    'lambda: udp("127.0.0.1", 9)': "let through",
    'lambda: socket.getaddrinfo("exfiltrated.evil.com", 443)': "refused",
    'lambda: socket.getaddrinfo(b"exfiltrated.evil.com", 443)': "refused",
    'lambda: socket.gethostbyname("exfiltrated.evil.com")': "refused",
    'lambda: socket.getaddrinfo("localhost", 80)': "let through",
    'lambda: socket.getaddrinfo("203.0.113.6", 80)': "let through",
    'lambda: socket.create_connection(("evil.com", 443), 1)': "refused",
    'lambda: asyncio.run(asyncio.open_connection("203.0.113.6", 443))': "refused",
    # Approved by the gate, and at that port alone.
    'lambda: (gate.check("10.1.1.1", 554, Purpose.CAMERA), tcp("10.1.1.1", 554))': "let through",
    'lambda: tcp("10.1.1.1", 80)': "refused",
    'lambda: udp("10.1.1.1", 40000)': "let through",
    'lambda: (gate.check("hooks.uz", 443, Purpose.WEBHOOK), tcp("192.0.2.7", 443))': "let through",
}


def test_whoever_connects_is_held_to_the_list() -> None:
    attempts = f"{', '.join(_CASES)},"
    found = outcomes(attempts, "198.51.100.0/24", "203.0.113.5:443", "hooks.uz")
    assert dict(zip(_CASES, found, strict=True)) == _CASES


@pytest.mark.parametrize(("allowed", "expected"), [("localhost.test", "let through"), ("*.other.test", "refused")])
def test_a_library_may_look_up_what_is_listed(allowed: str, expected: str) -> None:
    assert outcomes('lambda: socket.getaddrinfo("localhost.test", 80),', allowed) == [expected]
