"""aiohttp, which only the page needs; who lacks it is told how to get it."""

from __future__ import annotations

try:
    from aiohttp import WSCloseCode, WSMsgType, web
except ImportError as error:
    raise ImportError(
        f"the live page needs aiohttp ({error}): apt-get install python3-aiohttp, or pip install aiohttp"
    ) from None

__all__ = ["WSCloseCode", "WSMsgType", "web"]
