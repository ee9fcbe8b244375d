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


PICTURE = next((ROOT / "assets" / "demo" / "photos").glob("*.webp"))


@pytest.mark.parametrize("path", ["/etc/passwd", str(ROOT / "app.py"), str(PICTURE), "http://127.0.0.1:1/x.jpg"])
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


@pytest.mark.parametrize("path", ["/etc/passwd", str(ROOT / "app.py")])
@pytest.mark.parametrize("where", ["rev", "target"])
def test_no_answer_makes_a_file_of_the_servers_own_one_that_can_be_fetched(
    server: Server, path: str, where: str
) -> None:
    """Gradio copies what looks like a file, in a request as in an answer, to where the page can fetch it."""
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    asked: dict[str, Any] = {"rev": file} if where == "rev" else {"target": {"product": "SKU-001", "title": file}}
    assert "file=" not in json.dumps(_ask(server, "page_search", {"data": [asked]}))
    answer = _ask(server, "page_photo", {"data": [], "event_data": {"path": "none", **asked}})
    assert "file=" not in json.dumps(answer)


def _ask(server: Server, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send what the page sends for one of its own events, and wait for what comes of it."""
    with urllib.request.urlopen(server.url + "config", timeout=60) as answer:
        events = json.load(answer)["dependencies"]
    event = next(one for one in events if one["api_name"] == name)
    sent = {"fn_index": event["id"], "session_hash": name, "trigger_id": event["targets"][0][0], **body}
    request = urllib.request.Request(
        server.url + "gradio_api/queue/join", json.dumps(sent).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60):
        pass
    with urllib.request.urlopen(f"{server.url}gradio_api/queue/data?session_hash={name}", timeout=60) as stream:
        told = (json.loads(line[6:]) for line in stream if line.startswith(b"data: "))
        return next(one for one in told if one["msg"] == "process_completed")
