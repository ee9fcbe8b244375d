"""The tools over MCP, called by the protocol's own client against the running page."""

from __future__ import annotations

import base64
import io
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from fastapi import FastAPI
from PIL import Image

from imgsearch.config import Settings
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.sent_photos import SentPhotos
from imgsearch.ui.tools import Tools
from tests import drawn_shop
from tests.browser.conftest import PASSWORD, ROOT, USER, Server, StartServer

mcp = pytest.importorskip("mcp", reason="the mcp package is not installed")
mcp_server = pytest.importorskip("imgsearch.ui.mcp_server")

MUG = [744.0, 450.0, 936.0, 648.0]
Use = Callable[[Any], Any]


def session(server: Server, use: Use, headers: dict[str, str] | None = None) -> Any:
    """What `use(session)` returns, in a session of a real client."""
    from mcp.client.streamable_http import streamablehttp_client

    async def run() -> Any:
        url = server.url + mcp_server.PATH.lstrip("/") + "/"
        async with (
            streamablehttp_client(url, headers=headers) as (read, write, _),
            mcp.ClientSession(read, write) as opened,
        ):
            await opened.initialize()
            return await use(opened)

    # In a thread of its own: Playwright's event loop lives in this one once a browser was opened.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, run).result()


def call(server: Server, tool: str, **arguments: Any) -> Any:
    """The result of one call."""
    return session(server, lambda opened: opened.call_tool(tool, arguments))


def document(result: Any) -> dict[str, Any]:
    """A result's JSON: the same as text and as structured content."""
    assert not result.isError, result.content
    told = json.loads(result.content[0].text)
    assert result.structuredContent == told
    return dict(told)


def picture(result: Any) -> Image.Image:
    """The one picture of a result; small."""
    shown = [part for part in result.content if part.type == "image"]
    assert [part.mimeType for part in shown] == ["image/webp"]
    data = base64.b64decode(shown[0].data)
    assert len(data) < 60_000
    return Image.open(io.BytesIO(data))


@pytest.fixture(scope="module")
def photo(room: Path) -> str:
    """The room as a data URL."""
    return "data:image/jpeg;base64," + base64.b64encode(room.read_bytes()).decode()


def test_the_four_tools_are_described(server: Server) -> None:
    """Their names exactly, each argument explained, and that they change nothing."""
    tools = {tool.name: tool for tool in session(server, lambda opened: opened.list_tools()).tools}
    assert set(tools) == {"detect", "search", "facets", "product"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations.readOnlyHint
        assert all(field.get("description") for field in tool.inputSchema["properties"].values())
    assert tools["search"].inputSchema["required"] == ["photo"]
    assert "ctx" not in tools["product"].inputSchema["properties"]


def test_detect_answers_like_the_command_line(server: Server, photo: str) -> None:
    """The document of the schema."""
    found = document(call(server, "detect", photo=photo))
    schema = json.loads((ROOT / "docs" / "cli.schema.json").read_text())
    jsonschema.validate(found, {**schema, "$ref": "#/$defs/detect"})
    assert (found["width"], found["height"]) == (1200, 900)


def test_pages_of_a_search_follow_each_other(server: Server, photo: str) -> None:
    """Ranks go on, nothing comes twice, the last page says that it is the last."""

    async def all_pages(opened: Any) -> list[Any]:
        pages: list[Any] = []
        while not pages or document(pages[-1])["more"]:
            asked = {"photo": photo, "box": MUG, "page": len(pages) + 1, "page_size": 10}
            pages.append(await opened.call_tool("search", asked))
        return pages

    pages = session(server, all_pages)
    matches = [match for page in pages for match in document(page)["matches"]]
    assert [match["rank"] for match in matches] == list(range(1, drawn_shop.CARDS + 1))
    assert len({match["product_id"] for match in matches}) == drawn_shop.CARDS
    assert matches[0]["product_id"] == "SKU-000"
    assert [len(document(page)["matches"]) for page in pages] == [10, 10, 10, 6]


def test_a_search_shows_small_pictures(server: Server, photo: str) -> None:
    """One sheet for the page, and an address a match that answers with a picture."""
    result = call(server, "search", photo=photo, box=MUG, page_size=6)
    assert picture(result).size == (4 * 128, 2 * 128)
    address = document(result)["matches"][0]["picture"]
    assert address.startswith(server.url)
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert Image.open(io.BytesIO(answer.read())).format == "WEBP"


def test_a_search_takes_filters_and_finds_the_thing_itself(server: Server, photo: str) -> None:
    """Without a box, the most prominent thing; categories, prices and stock narrow."""
    found = document(
        call(server, "search", photo=photo, category=["Living"], currency="EUR", max_price=60, in_stock=True)
    )
    assert found["box_source"] == "detected"
    assert found["matches"]
    assert all(m["category"].startswith("Living") and m["in_stock"] and m["price"] <= 60 for m in found["matches"])


def test_facets_come_in_pages(server: Server) -> None:
    """Every category once, and what the shop holds."""
    first = document(call(server, "facets", page_size=3))
    second = document(call(server, "facets", page_size=3, page=2))
    categories = [c["category"] for c in first["categories"] + second["categories"]]
    assert len(set(categories)) == len(categories) == first["categories_in_all"] == 5
    assert (first["more"], second["more"]) == (True, False)
    assert (first["products"], first["cards"]) == (drawn_shop.PRODUCTS, drawn_shop.CARDS)
    assert set(first["prices"]) == {"EUR", "JPY"}


def test_a_product_is_told_with_its_picture_and_its_text_as_data(server: Server) -> None:
    """A hostile title is one string of the JSON; the shop's own paths are not told."""
    result = call(server, "product", product_id="SKU-000")
    told = document(result)
    assert told["title"] == drawn_shop.HOSTILE
    assert told["description"].endswith("for every day.")
    assert "images" not in told
    assert str(ROOT) not in result.content[0].text
    assert picture(result).size == (128, 128)
    with urllib.request.urlopen(told["pictures"][0], timeout=30) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("detect", {"photo": "/etc/passwd"}, "data URL"),
        ("detect", {"photo": "data:image/png,abc"}, "base64"),
        ("detect", {"photo": "data:image/png;base64,bm90IGEgcGljdHVyZQ=="}, "not a picture"),
        ("detect", {"photo": "http://127.0.0.1:1/x.jpg"}, "private network"),
        ("detect", {"photo": "http://169.254.169.254/latest/meta-data"}, "private network"),
        ("detect", {"photo": "http://[::ffff:10.0.0.1]/x.jpg"}, "private network"),
        ("detect", {"photo": "file:///etc/passwd"}, "data URL"),
        ("product", {"product_id": "gone"}, "no product 'gone'"),
        ("facets", {"page_size": 25}, "less than or equal to 24"),
        ("facets", {"page": 0}, "greater than or equal to 1"),
    ],
)
def test_what_can_not_be_done_is_said(server: Server, tool: str, arguments: dict[str, Any], says: str) -> None:
    """As an error result, in the core's own sentence; no address of a private network is asked."""
    result = call(server, tool, **arguments)
    assert result.isError
    assert says in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_no_page_lies_beyond_the_deepest_search(server: Server, photo: str) -> None:
    """200 products, like everywhere."""
    result = call(server, "search", photo=photo, box=MUG, page=26, page_size=8)
    assert result.isError
    assert "200" in result.content[0].text


def test_another_name_for_this_machine_is_refused(server: Server) -> None:
    """A web page that re-points its own name to this machine can't call the tools."""
    asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Host": "evil.example",
    }
    request = urllib.request.Request(server.url + mcp_server.PATH.lstrip("/"), asked, headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 421


def test_a_login_guards_the_tools_and_a_public_page_fetches_nothing(guarded_server: Server, photo: str) -> None:
    """Without the name and password, 401; with them, the tools. In public mode, an address is not even looked up."""
    running = guarded_server

    def basic(password: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()}

    for headers in (None, basic("open says me"), {"Authorization": "Basic x"}):
        with pytest.raises(BaseExceptionGroup) as refused:
            session(running, lambda opened: opened.list_tools(), headers)
        assert "401" in str(_innermost(refused.value))
    asked = {"photo": "http://example.com/room.jpg"}
    result = session(running, lambda opened: opened.call_tool("detect", asked), basic(PASSWORD))
    assert result.isError
    assert "public" in result.content[0].text
    found = session(running, lambda opened: opened.call_tool("detect", {"photo": photo}), basic(PASSWORD))
    assert document(found)["width"] == 1200


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


WITHOUT_MCP = "import runpy, sys; sys.modules['mcp'] = None; runpy.run_path('app.py', run_name='__main__')"


def test_without_the_package_the_page_is_as_ever(start_server: StartServer, own_copy: Path) -> None:
    """It starts, it is ready, and the tools' address is simply not there."""
    running = start_server(own_copy, entry=("-c", WITHOUT_MCP)).wait()
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(urllib.request.Request(running.url + "gradio_api/mcp", b"{}"), timeout=30)
    assert missing.value.code in (404, 405)
    running.stop()


def test_the_servers_log_stays_plain(tmp_path: Path) -> None:
    """The protocol's library sets up the root logger for programs of its own; ours keeps its one-line messages."""
    handlers, level = list(logging.root.handlers), logging.root.level
    settings = Settings.from_env({}, data_dir=str(tmp_path))
    readiness = Readiness(lambda report: pytest.fail("nothing is opened here"))
    mcp_server.add(FastAPI(), Tools(readiness, settings, SentPhotos(settings)), settings, None)
    assert (logging.root.handlers, logging.root.level) == (handlers, level)
