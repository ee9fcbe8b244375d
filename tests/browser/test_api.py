"""The two published functions, called as the README shows it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.browser.conftest import ROOT, Server, run_cli

gradio_client = pytest.importorskip("gradio_client")


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Any]:
    made = gradio_client.Client(server.url, verbose=False)
    yield made
    made.close()


def _fits(document: dict[str, Any], command: str) -> None:
    schema = json.loads((ROOT / "docs" / "cli.schema.json").read_text())
    jsonschema.validate(document, {**schema, "$ref": f"#/$defs/{command}"})


def test_only_two_functions_are_published(client: Any) -> None:
    """The page's own events are private."""
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/detect", "/search"}


def test_detect_answers_like_the_command_line(client: Any, room: Path, tmp_path: Path) -> None:
    """The same boxes, names and sizes, in the same document."""
    answer = client.predict(photo=gradio_client.handle_file(room), api_name="/detect")
    _fits(answer, "detect")
    printed = json.loads(run_cli("detect", str(room), "--json", data_dir=tmp_path).stdout)
    for document in (answer, printed):
        document.pop("timings")
    assert answer == printed


def test_search_without_a_box_searches_the_most_prominent_thing(client: Any, room: Path) -> None:
    """And says where it looked."""
    answer = client.predict(photo=gradio_client.handle_file(room), api_name="/search")
    _fits(answer, "search")
    assert answer["box_source"] == "detected"
    assert len(answer["matches"]) == 24


def test_search_takes_a_box_and_filters(client: Any, room: Path) -> None:
    """As documented."""
    answer = client.predict(
        photo=gradio_client.handle_file(room),
        box=[720, 420, 960, 660],
        top_k=3,
        category=["Kitchen"],
        in_stock=True,
        api_name="/search",
    )
    _fits(answer, "search")
    assert answer["box"] == [720, 420, 960, 660]
    assert answer["box_source"] == "given"
    assert len(answer["matches"]) == 3
    assert all(m["category"].startswith("Kitchen") and m["in_stock"] for m in answer["matches"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"box": [1, 2, 3]}, "four numbers"),
        ({"box": [5000, 5000, 6000, 6000]}, "inside the"),
        ({"top_k": 0}, "1..200"),
        ({"min_price": -1}, "0 or more"),
    ],
)
def test_errors_say_what_to_do(client: Any, room: Path, options: dict[str, Any], says: str) -> None:
    """The core's own sentence reaches the caller."""
    with pytest.raises(Exception, match=says):
        client.predict(photo=gradio_client.handle_file(room), api_name="/search", **options)


def test_a_file_that_is_no_picture_is_refused_like_anywhere_else(client: Any, tmp_path: Path) -> None:
    """The same sentence as on the page and on the command line."""
    file = tmp_path / "notes.jpg"
    file.write_text("not a picture")
    with pytest.raises(Exception, match="not a picture that can be read"):
        client.predict(photo=gradio_client.handle_file(file), api_name="/detect")
    assert "not a picture that can be read" in run_cli("detect", str(file), data_dir=tmp_path).stderr


@pytest.mark.parametrize("path", ["/etc/passwd", str(ROOT / "app.py"), "http://127.0.0.1:1/x.jpg"])
def test_only_files_that_were_sent_are_read(server: Server, path: str) -> None:
    """A path of the server's own, or an address, in place of an upload is an error."""
    forged = json.dumps({"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}]}).encode()
    request = urllib.request.Request(
        server.url + "gradio_api/call/detect", forged, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            event = json.load(answer)["event_id"]
        with urllib.request.urlopen(f"{server.url}gradio_api/call/detect/{event}", timeout=60) as answer:
            assert b"event: error" in answer.read()
    except urllib.error.HTTPError as error:
        assert error.code in (400, 403, 422)
