"""The socket that the page is served on, and what is wrong with a host or port that cannot be had."""

from __future__ import annotations

import errno
import socket


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError that says what is wrong with the host or port."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise OSError(f"host must be a name or address of this machine, got {host!r} ({error.strerror})") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"port {port} of {host} is in use: give another one, or 0 for any that is free") from None
        raise OSError(f"cannot listen on port {port} of {host}: {error.strerror}") from None
