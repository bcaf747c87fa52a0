"""Who is let in, and who is not."""

import socket

import pytest

from fer_ros.page.access import Access

TOKEN = "a-token-of-the-user"


def test_on_the_own_machine_no_token_is_needed_but_one_can_be_set():
    assert Access("127.0.0.1", "127.0.0.1").admits("")
    access = Access("127.0.0.1", "127.0.0.1", TOKEN)
    assert access.admits(TOKEN) and not access.admits("") and not access.admits(TOKEN[:-1])


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "::"])
def test_elsewhere_a_token_is_made_and_needed(address):
    one, other = Access(address, address), Access(address, address)
    assert len(one.token) >= 16 and one.token != other.token
    assert one.admits(one.token) and not one.admits("") and not one.admits(other.token)
    assert not one.admits("ä" * 20)
    assert one.url(8090).endswith(f":8090/?token={one.token}")


def test_a_short_token_is_refused():
    with pytest.raises(ValueError, match="16 characters or more, got 6"):
        Access("0.0.0.0", "0.0.0.0", "secret")


@pytest.mark.parametrize("host", ["localhost", "localhost:8090", "127.0.0.1:1", "[::1]:8090"])
def test_the_own_machine_is_known_by_its_names(host):
    assert Access("127.0.0.1", "127.0.0.1").knows(host)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8090", "192.0.2.7", "", "[", "localhost.evil.example"])
def test_on_the_own_machine_every_other_host_is_refused(host):
    assert not Access("127.0.0.1", "127.0.0.1").knows(host)


def test_elsewhere_addresses_and_own_names_are_known_and_others_are_not():
    access = Access("robot.example", "192.0.2.7")
    machine = socket.gethostname()
    for host in ("192.0.2.7:8090", "robot.example:8090", "Robot.Example", machine, f"{machine}.local", "localhost"):
        assert access.knows(host), host
    assert not access.knows("evil.example:8090")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:1", "null", "", "http://["])
def test_a_page_of_another_site_is_not_the_same_site(origin):
    assert not Access("127.0.0.1", "127.0.0.1").same_site(origin, "localhost:8090")


@pytest.mark.parametrize("origin", ["http://localhost:8090", "https://localhost:8090", None])
def test_the_own_page_and_clients_that_are_no_browsers_are_the_same_site(origin):
    assert Access("127.0.0.1", "127.0.0.1").same_site(origin, "localhost:8090")
