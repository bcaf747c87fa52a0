"""Two network namespaces, `robot` and `away`, joined by a link that can be bad, or cut. Needs root and iproute2."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reliability.process import Process, wait_for

# Addresses of the namespaces alone; nothing outside ever sees them.
_ADDRESSES = {"robot": "10.213.0.1/24", "away": "10.213.0.2/24"}
# Discovery is confined to the namespaces, and shared-memory names to this domain.
_DOMAIN = "150"
_UDP_ONLY = """<?xml version="1.0" encoding="UTF-8" ?>
<dds xmlns="http://www.eprosima.com">
  <profiles>
    <transport_descriptors>
      <transport_descriptor><transport_id>udp</transport_id><type>UDPv4</type></transport_descriptor>
    </transport_descriptors>
    <participant profile_name="away" is_default_profile="true">
      <rtps>
        <userTransports><transport_id>udp</transport_id></userTransports>
        <useBuiltinTransports>false</useBuiltinTransports>
      </rtps>
    </participant>
  </profiles>
</dds>
"""


class Unavailable(OSError):
    """Namespaces cannot be made here; the message says why."""


def _ip(*words: str) -> None:
    """Run iproute2's ip. Raises Unavailable with what it said."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=20)
    if done.returncode:
        raise Unavailable(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Network:
    """The two namespaces; see `network`."""

    def __init__(self, names: dict[str, str], relay: Process, profile: Path) -> None:
        """Take the namespaces by place, the relay between them, and a Fast DDS profile without shared memory."""
        self._names, self._relay, self._profile = names, relay, profile

    def run(self, place: str, *command: str) -> Process:
        """Start a command of this Python in one of the namespaces."""
        env = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "ROS_DOMAIN_ID": _DOMAIN}
        if place == "away":
            # Namespaces of one machine share its memory: without this the network would not be used at all.
            env["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(self._profile)
        return Process("ip", "netns", "exec", self._names[place], sys.executable, "-u", *command, env=env)

    def link(self, loss: float, delay: float) -> None:
        """Make the link lose a share of the frames and delay the others by so many seconds, each way."""
        self._order(f"link {loss} {delay}")

    def cut(self) -> None:
        """Let nothing pass any more, as out of a radio's reach."""
        self._order("cut")

    def join(self) -> None:
        """Let frames pass again."""
        self._order("join")

    def down(self) -> None:
        """Take the robot's interface down, as a plug that is pulled."""
        _ip("-n", self._names["robot"], "link", "set", "fer0", "down")

    def up(self) -> None:
        """Take it up again."""
        _ip("-n", self._names["robot"], "link", "set", "fer0", "up")
        _route(self._names["robot"])

    def tune(self) -> None:
        """Let the robot forget incomplete datagrams after 3 s and hold 128 MiB of them, not 4 MiB for 30 s."""
        for name, value in (("ipfrag_time", 3), ("ipfrag_high_thresh", 128 << 20)):
            set_it = f"open('/proc/sys/net/ipv4/{name}', 'w').write('{value}')"
            command = ["ip", "netns", "exec", self._names["robot"], sys.executable, "-c", set_it]
            subprocess.run(command, check=True, timeout=20)

    def _order(self, line: str) -> None:
        count = len(self._relay.lines)
        self._relay.tell(line)
        if not wait_for(lambda: len(self._relay.lines) > count, 5):
            raise Unavailable(f"the relay does not answer: {self._relay.output[-300:]}")

    @property
    def traffic(self) -> str:
        """What the relay last said of the frames it carried and lost."""
        return self._relay.lines[-1].partition(": ")[2]


def _route(name: str) -> None:
    _ip("-n", name, "route", "replace", "224.0.0.0/4", "dev", "fer0")


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """Make the namespaces and the link; all is gone at the end, whatever happens.

    Raises Unavailable without root, without iproute2, or where the kernel has no network namespaces.
    """
    if os.geteuid() != 0:
        raise Unavailable("needs root: network namespaces cannot be made by another user")
    if shutil.which("ip") is None:
        raise Unavailable("needs iproute2 (the command `ip`)")
    names = {place: f"fer{os.getpid()}{place}" for place in (*_ADDRESSES, "link")}
    with contextlib.ExitStack() as stack:
        for name in names.values():
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
        for place, address in _ADDRESSES.items():
            # Made inside the namespaces, so that no name of this machine is ever taken.
            _ip("-n", names["link"], "link", "add", place, "type", "veth", "peer", "fer0", "netns", names[place])
            _ip("-n", names["link"], "link", "set", place, "up")
            for interface in ("lo", "fer0"):
                _ip("-n", names[place], "link", "set", interface, "up")
            _ip("-n", names[place], "addr", "add", address, "dev", "fer0")
            _route(names[place])
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "udp.xml").write_text(_UDP_ONLY, encoding="utf-8")
        relay = Process(
            "ip", "netns", "exec", names["link"], sys.executable, "-u", "-m", "reliability.relay", *_ADDRESSES
        )
        stack.enter_context(relay)
        if not relay.says("ready", 30):
            raise Unavailable(f"the relay did not start: {relay.output[-300:]}")
        yield Network(names, relay, folder / "udp.xml")
