"""Photos named in a text: what is read, what is refused, and that no address is asked that must not be."""

from __future__ import annotations

import base64
import io
import socket
from pathlib import Path

import pytest
from PIL import Image

from imgsearch.config import Settings
from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.ui.sent_photos import KEPT, SentPhotos


def _jpeg(side: int = 40, colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def _photos(**flags: object) -> SentPhotos:
    return SentPhotos(Settings.from_env({}, **flags))


@pytest.mark.parametrize(
    "form", ["data:image/jpeg;base64,{}", "data:;base64,{}", "DATA:image/jpeg;BASE64,{}", "{}", " {}\n"]
)
def test_a_picture_itself_is_read(form: str) -> None:
    opened = _photos().open(form.format(base64.b64encode(_jpeg()).decode()))
    assert (opened.photo.width_px, opened.photo.height_px) == (40, 40)


@pytest.mark.parametrize(
    "text",
    ["", "/etc/passwd", str(Path(__file__)), "file:///etc/passwd", "ftp://x/y.jpg", "data:text/plain,abc", "a,b"],
)
def test_nothing_else_is_read(text: str) -> None:
    """A path of this machine least of all."""
    with pytest.raises(ImageError):
        _photos().open(text)


def test_a_picture_over_the_limit_is_not_even_decoded() -> None:
    with pytest.raises(ImageTooLarge, match="1 MiB"):
        _photos(max_upload_mib=1).open("data:image/jpeg;base64," + "A" * 1_500_000)


def test_a_public_page_does_not_look_up_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it would: the same look-up is what fails then."""

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("looked up")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(ImageError, match="public"):
        _photos(public="1").open("https://shop.example/a.jpg")
    with pytest.raises(AssertionError, match="looked up"):
        _photos().open("https://shop.example/a.jpg")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "10.1.2.3", "[::1]", "0.0.0.0"])
def test_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(ImageError, match="private network"):
        _photos().open(f"http://{host}/a.jpg")


def test_a_photo_is_decoded_once_and_the_oldest_is_forgotten() -> None:
    photos = _photos()
    texts = [base64.b64encode(_jpeg(40 + i)).decode() for i in range(KEPT + 1)]
    first = photos.open(texts[0])
    assert photos.open(texts[0]) is first
    for text in texts[1:]:
        photos.open(text)
    assert photos.open(texts[0]) is not first
