"""What every request passes on its way to the page: whose name it asks for, who asks, how much it sends, what its
answer says.

Knows HTTP, nothing of the page. Invariants: a body over the limit is refused before it is read; a refusal is one JSON
object with a sentence in `detail`.
"""

from __future__ import annotations

from starlette.datastructures import Headers as RequestHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgsearch.config import LOOPBACK

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110, section 9.2.1: they change nothing


class OwnNames:
    """Answers under this machine's own names only; for a page that asks nobody for a login.

    Another site can point its own name to 127.0.0.1 once its page is open in a browser here, and that page may then
    ask whatever listens there (DNS rebinding). What the browser can't change is the name that it asks for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 421."""
        if scope["type"] == "lifespan" or host_of(RequestHeaders(scope=scope).get("host", "")) in LOOPBACK:
            await self._app(scope, receive, send)
            return
        text = (
            "Without a login this page answers at http://localhost or http://127.0.0.1 only. To offer it under another "
            "name, set IMGSEARCH_AUTH, or IMGSEARCH_PUBLIC=1 for a page that may be public."
        )
        await JSONResponse({"detail": text}, 421)(scope, receive, send)


def host_of(authority: str) -> str:
    """The name in a Host header, in lower case, without its port.

    >>> host_of("LocalHost:7860"), host_of("[::1]:7860"), host_of("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    name = authority.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if ":" in name else name


class OwnPages:
    """Lets only this server's own pages change anything; for a page that has something to change, or a login.

    Any site may send a form here, and a browser adds the login's cookie to it (cross-site request forgery). Where it
    comes from is told by `Sec-Fetch-Site`, which every browser since 2023 sends, by older ones in `Origin`; programs
    tell neither, and no site can make them ask.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or _is_own(RequestHeaders(scope=scope)):
            await self._app(scope, receive, send)
            return
        text = "This was asked for by a page of another site; open this server's own page and do it there."
        await JSONResponse({"detail": text}, 403)(scope, receive, send)


def _is_own(headers: RequestHeaders) -> bool:
    """True unless the browser says that another site asks."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")  # none: the visitor typed the address
    if origin is None:
        return True
    return origin.partition("://")[2].lower() == headers.get("x-forwarded-host", headers.get("host", "")).lower()


class BodyLimit:
    """Refuses a request body over `max_bytes`: by its declared length before anything is read, else while it comes."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._max_bytes:
            await self._refusal()(scope, receive, send)
            return
        seen = 0
        answered = refused = False

        async def counted() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen <= self._max_bytes:
                return message
            if not answered:
                refused = True
                await self._refusal()(scope, receive, send)
            return {"type": "http.disconnect"}

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            if not refused:
                await send(message)

        try:
            await self._app(scope, counted, noted)
        except ClientDisconnect:
            if not refused:
                raise

    def _refusal(self) -> Response:
        text = f"The file has more than {self._max_bytes // 2**20} MiB; send a smaller one."
        return JSONResponse({"detail": text, "error": "image_too_large"}, 413)


class Headers:
    """Adds the headers that keep browsers from guessing, leaking and embedding.

    Args:
        embeddable: the page may stand in another site's frame, as a Space does.
    """

    def __init__(self, app: ASGIApp, embeddable: bool) -> None:
        self._app = app
        # Gradio compiles templates with Function(), so scripts can't be locked down; addresses can: nothing but this
        # server is ever asked for anything.
        rules = [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
        ]
        if not embeddable:
            rules.append("frame-ancestors 'self'")
        self._headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"content-security-policy", "; ".join(rules).encode()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
