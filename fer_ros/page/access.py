"""Who may look: a token, and the Host and Origin rules that keep other web sites out."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from urllib.parse import urlsplit

SHORTEST_TOKEN = 16


class Access:
    """The rules for one bound address."""

    def __init__(self, host: str, address: str, token: str = "") -> None:
        """Set the rules.

        host: what the user asked to bind.  address: the IP address that it stands for.  token: '' for none.
        On a loopback address a token is optional; on any other a random one is made if none is given.
        Raises ValueError for a token of fewer than 16 characters.
        """
        if token and len(token) < SHORTEST_TOKEN:
            raise ValueError(f"token must have {SHORTEST_TOKEN} characters or more, got {len(token)}")
        self._address = ipaddress.ip_address(address)
        self._host = host.lower()
        self.local = self._address.is_loopback
        self.token = token if token or self.local else secrets.token_urlsafe(SHORTEST_TOKEN)

    def admits(self, token: str) -> bool:
        """Whether this token opens the page; compared in constant time."""
        return not self.token or hmac.compare_digest(token.encode(), self.token.encode())

    def knows(self, host_header: str) -> bool:
        """Whether a request's Host is a name of this machine.

        A web site whose name was pointed at this machine (DNS rebinding) comes with its own name. Addresses cannot be
        rebound: on loopback the loopback ones are let in, elsewhere any.
        """
        try:
            name = urlsplit(f"//{host_header}").hostname or ""
        except ValueError:
            return False
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            machine = socket.gethostname().lower()
            names = {"localhost"} if self.local else {"localhost", self._host, machine, f"{machine}.local"}
            return name in names
        return address.is_loopback or not self.local

    def same_site(self, origin: str | None, host_header: str) -> bool:
        """Whether a WebSocket was opened by our own page; a client that is no browser sends no Origin."""
        if origin is None:
            return True
        try:
            return urlsplit(origin).netloc.lower() == host_header.lower() != ""
        except ValueError:
            return False

    def url(self, port: int) -> str:
        """Return the address to open, with the token."""
        host = socket.gethostname() if self._address.is_unspecified else str(self._address)
        if ":" in host:
            host = f"[{host}]"
        return f"http://{host}:{port}/" + (f"?token={self.token}" if self.token else "")
