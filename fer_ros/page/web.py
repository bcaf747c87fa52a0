"""aiohttp, which only the page needs; who lacks it is told how to get it."""

from __future__ import annotations

from fer_ros.core.missing import needs

try:
    from aiohttp import WSCloseCode, WSMsgType, web
except ImportError as error:
    raise ImportError(f"the live page {needs('aiohttp')}, or apt-get install python3-aiohttp ({error})") from None

__all__ = ["WSCloseCode", "WSMsgType", "web"]
