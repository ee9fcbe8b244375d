"""The web server around the page: health, product pictures, login, starting and stopping.

Knows HTTP and files, nothing of searches. Invariants: on any address but this machine's own, and under any name but
this machine's own, the page asks for a login unless public mode was chosen; only pictures of the open shop and the
sample photos are served, by name and never by path.
"""

from __future__ import annotations

import functools
import hmac
import importlib.util
import signal
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import gradio as gr
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, Response
from gradio import processing_utils
from gradio.exceptions import InvalidPathError
from starlette.middleware.cors import CORSMiddleware

from imgsearch import config, images, thumbs
from imgsearch.config import ASSETS, Settings
from imgsearch.errors import ConfigError, ImgSearchError
from imgsearch.passwords import verify_password
from imgsearch.ui import app as page
from imgsearch.ui import catalog, opening, review, strings
from imgsearch.ui.components import STATIC, head
from imgsearch.ui.imports import Imports
from imgsearch.ui.middleware import BodyLimit, Headers, OwnNames, OwnPages
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.sent_photos import SentPhotos
from imgsearch.ui.theme import theme
from imgsearch.ui.tools import Tools
from imgsearch.ui.uploads import Uploads
from imgsearch.ui.watch import Watch

SAMPLES = ASSETS / "demo" / "photos"
SAMPLE_SIDE_PX = 360
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
A_DAY = {"Cache-Control": "public, max-age=86400"}
FORM_BYTES = 64 * 1024  # a form's own lines around the file
WRONG_LOGIN_S = 0.5


def check_exposure(settings: Settings) -> None:
    """Refuse to open a private page to a network.

    Raises:
        ConfigError: another address than this machine's own, without login and without public mode.
    """
    if settings.is_loopback or settings.public or settings.auth:
        return
    raise ConfigError(
        f"Anybody who reaches {settings.host} could use this page: set IMGSEARCH_AUTH=user:password-hash (the hash by "
        "`python -m imgsearch doctor --hash-password`), or IMGSEARCH_PUBLIC=1 for a page that may be public."
    )


def create_app(settings: Settings, readiness: Readiness, uploads: Uploads) -> FastAPI:
    """The server's routes with the page mounted at `/`.

    Raises:
        ConfigError: as `check_exposure`, or the login's password is not a hash.
    """
    check_exposure(settings)
    samples = sample_photos()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/healthz", functools.partial(_health, readiness), methods=["GET"])
    _add_pictures(app, settings, readiness, samples)
    app.add_api_route("/locales/{tag}.json", _texts, methods=["GET"])
    checker = _checker(settings.auth) if settings.auth else None
    if importlib.util.find_spec("mcp"):
        from imgsearch.ui import mcp_server

        mcp_server.add(app, Tools(readiness, settings, SentPhotos(settings)), settings, checker)
    limit = settings.max_upload_mib * 2**20
    # Added last is outermost: refused bodies get the headers, too.
    app.add_middleware(BodyLimit, max_bytes=limit + FORM_BYTES)
    app.add_middleware(Headers, embeddable=settings.public)
    if settings.is_loopback and not (settings.public or settings.auth):
        app.add_middleware(OwnNames)
    if settings.auth or not settings.public:
        app.add_middleware(OwnPages)
        app.add_middleware(CORSMiddleware, allow_origins=[])  # Gradio's own lets every site read, with the cookie
    tabs = [review.tab(readiness, settings)]
    app.state.imports = None if settings.public else Imports(readiness, settings)
    if app.state.imports:
        tabs.append(catalog.tab(readiness, app.state.imports, uploads, settings.max_upload_mib))
    blocks = page.build(readiness, uploads, settings, list(samples), tabs=tabs)
    _accept_only_uploads(blocks)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        auth=checker,
        footer_links=[],
        run_history=False,
        max_file_size=limit,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        favicon_path=str(STATIC / "favicon.png"),
        theme=theme(),
        head=head(),
    )
    app.state.gradio = app.routes[-1].app  # type: ignore[attr-defined]
    return app


def _accept_only_uploads(blocks: gr.Blocks) -> None:
    """Where a request names a file, it is one that was uploaded.

    Gradio copies what a request names to where the page can fetch it. That it was uploaded is asked only of a page that
    has been launched, which a mounted one never is; and an address in its place would be downloaded.
    """

    async def refuse(url: str, cache_dir: str) -> str:
        raise InvalidPathError(f"A file that was uploaded is needed here, no address; got {url[:80]!r}.")

    blocks.has_launched = True
    processing_utils.async_ssrf_protected_download = refuse


def sample_photos() -> dict[str, Path]:
    """The demo's photos by name, in order."""
    found = sorted(SAMPLES.glob("*")) if SAMPLES.is_dir() else []
    return {path.name: path for path in found if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")}


def _health(readiness: Readiness) -> dict[str, Any]:
    """That the server answers, which shop it has open, and how many products that has."""
    try:
        shop = readiness.shop()
    except ImgSearchError:
        state = readiness.progress()["state"]
        return {"ok": state != "failed", "state": state, "shop": "", "products": 0}
    return {"ok": True, "state": "ready", "shop": shop.core.store.shop, "products": shop.facets.products}


def _texts(tag: str) -> Response:
    """The page's texts in a language; its address changes with them (see `strings.addresses`)."""
    if tag not in strings.LANGUAGES:
        raise HTTPException(404, "The page is not written in this language.")
    return FileResponse(strings.LOCALES / f"{tag}.json", headers=FOREVER)


def _logged_in(request: Request) -> None:
    """Let a request pass that Gradio's own login has seen; without a login, every one."""
    gradio_app = request.app.state.gradio
    if gradio_app.auth is None:
        return
    names = (f"access-token-{gradio_app.cookie_id}", f"access-token-unsecure-{gradio_app.cookie_id}")
    if not any(request.cookies.get(name) in gradio_app.tokens for name in names):
        raise HTTPException(401, "Log in first.")


def _add_pictures(app: FastAPI, settings: Settings, readiness: Readiness, samples: dict[str, Path]) -> None:
    """Product pictures of the open shop, and the sample photos."""

    @app.get("/thumbs/{size}/{key}", dependencies=[Depends(_logged_in)])
    def thumb(size: thumbs.Size, key: str) -> Response:
        try:
            shop = readiness.shop().core.store.shop
        except ImgSearchError as error:
            raise HTTPException(404, str(error)) from error
        path = thumbs.path(settings.shop_dir(shop) / "thumbs", key, size)
        if path is None or not path.is_file():
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(path, headers=FOREVER)

    @app.get("/samples/{name}", dependencies=[Depends(_logged_in)])
    def sample(name: str) -> Response:
        if name not in samples:
            raise HTTPException(404, "There is no such sample photo.")
        return FileResponse(samples[name], headers=A_DAY)

    @app.get("/samples/small/{name}", dependencies=[Depends(_logged_in)])
    def small_sample(name: str) -> Response:
        if name not in samples:
            raise HTTPException(404, "There is no such sample photo.")
        return Response(_small(samples[name]), media_type="image/webp", headers=A_DAY)


@functools.lru_cache(maxsize=64)
def _small(path: Path) -> bytes:
    return images.thumbnail(images.load(path, SAMPLE_SIDE_PX).image, SAMPLE_SIDE_PX)


def _checker(auth: str) -> Callable[[str, str], Awaitable[bool]]:
    """Gradio's login check for `user:password-hash`; off the event loop, and slow for whoever guesses.

    Raises:
        ConfigError: it is no hash, so that nobody could ever log in.
    """
    user, _, hashed = auth.partition(":")
    verify_password("", hashed)
    one_guess_at_a_time = anyio.CapacityLimiter(1)

    async def check(name: str, password: str) -> bool:
        right = await anyio.to_thread.run_sync(verify_password, password, hashed, limiter=one_guess_at_a_time)
        if right and hmac.compare_digest(name.encode(), user.encode()):
            return True
        await anyio.sleep(WRONG_LOGIN_S)
        return False

    return check


def serve(settings: Settings) -> None:
    """Serve the page until the process is told to stop; the shop is opened meanwhile.

    Raises:
        ConfigError: the address can't be used, or would be open to everybody by mistake.
    """
    check_exposure(settings)
    listener = _listen(settings)
    uploads = Uploads(config.upload_folder(settings), settings.max_upload_mib * 2**20, settings.keep_nothing)
    uploads.clear()
    readiness = Readiness(functools.partial(opening.open_shop, settings))
    app = create_app(settings, readiness, uploads)
    readiness.start()
    watch = Watch(readiness, settings)
    watch.start()
    address = f"http://{settings.host}:{listener.getsockname()[1]}"
    print(f"{strings.NAME}: {address}", file=sys.stderr, flush=True)
    if config.has_desktop():
        webbrowser.open(address)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, server_header=False))
    # uvicorn raises the signal again after its shutdown; the default for SIGTERM would skip the cleaning up below.
    signal.signal(signal.SIGTERM, _leave)
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        watch.close()
        if app.state.imports:
            app.state.imports.close()
        readiness.close()
        uploads.clear()


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"The page can't be served at {settings.host}:{settings.port} ({error.strerror}); choose another "
            "IMGSEARCH_PORT, or stop the program that uses it."
        ) from error
    return listener
