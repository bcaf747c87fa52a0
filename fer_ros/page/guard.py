"""What every request must pass, and what every answer forbids the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fer_ros.page.access import Access
from fer_ros.page.web import web

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Turns away whoever must not look, and forbids the page everything that it does not need."""

    def __init__(self, access: Access, private: frozenset[str], uploads: bool) -> None:
        """Set the rules.

        access: who may look.  private: paths that need the token; styles and scripts are no secrets.
        uploads: whether the page may show a file or the camera of the one who looks.
        """
        self._access, self._private, self._uploads = access, private, uploads
        camera = "camera=(self)" if uploads else "camera=()"
        self._headers = {**_HEADERS, "Permissions-Policy": f"{camera}, geolocation=(), microphone=()"}

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request by its handler, if it may be answered."""
        if not self._access.knows(request.host):
            return self.refusal(403, "this name is not a name of this machine")
        if request.path in self._private and not self._access.admits(request.query.get("token", "")):
            return self.refusal(401, "open the address that page_node printed, with its token")
        try:
            response = await handler(request)
        except web.HTTPException as error:
            return self.refusal(error.status, error.reason)
        if not response.prepared:
            response.headers.update(self._headers)
            response.headers["Content-Security-Policy"] = self._policy(request.host)
        return response

    def own_page(self, request: web.Request) -> bool:
        """Whether a WebSocket was opened by our own page, or by a client that is no browser."""
        return self._access.same_site(request.headers.get("Origin"), request.host)

    def refusal(self, status: int, reason: str) -> web.Response:
        """Return an answer that says why there is no other."""
        headers = {**self._headers, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        return web.Response(status=status, text=f"{status}: {reason}\n", headers=headers)

    def _policy(self, host: str) -> str:
        own_files = "img-src 'self' blob:; media-src blob:" if self._uploads else "img-src 'self'"
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self'; {own_files}; "
            # Not every browser takes 'self' for a WebSocket.
            f"connect-src 'self' ws://{host} wss://{host}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
