"""Photos that another program names in a text: a data URL, plain base64, or an address to fetch.

Knows pictures and the guarded download, nothing of tools or pages. Invariants: no more than `max_bytes` are ever
decoded; an address is asked only through `fetch` (public addresses only), and not at all on a public page; a path of
this machine is never read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time

from imgsearch import fetch, images
from imgsearch.config import Settings
from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.ui.uploads import Opened, Recent

KEPT = 8  # decoded: at most 7.7 MB each. A client names the same photo again for its next page or box.
_FORMS = "a data URL (data:image/jpeg;base64,...), plain base64, or an http(s) address"


class SentPhotos:
    """Opens photos by their text.

    Args:
        settings: the largest picture, and whether addresses are fetched.
    """

    def __init__(self, settings: Settings) -> None:
        self._max_bytes = settings.max_upload_mib * 2**20
        self._limits = fetch.Limits(allow_private=settings.allow_private_urls, max_bytes=self._max_bytes)
        self._fetches = not settings.public
        self._opened: Recent[bytes, Opened] = Recent(KEPT)

    def open(self, text: str) -> Opened:
        """The decoded photo, from memory if it was named before.

        Raises:
            ImageError, ImageTooLarge, FetchError: it can't be had or read; the sentence says why.
        """
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._opened.get(key)
        if known:
            return known
        started = time.perf_counter()
        photo = images.load(self._bytes(text.strip()))
        opened = Opened(photo, (time.perf_counter() - started) * 1000.0)
        self._opened.put(key, opened)
        return opened

    def _bytes(self, text: str) -> bytes:
        if text[:8].lower().startswith(("http://", "https://")):
            if not self._fetches:
                raise ImageError(
                    "This page is public and fetches no pictures; send the picture itself as a data URL "
                    "(data:image/jpeg;base64,...)."
                )
            return fetch.download(text, self._limits)
        return self._decoded(text)

    def _decoded(self, text: str) -> bytes:
        head, comma, body = text.partition(",")
        if comma and not head.lower().startswith("data:"):
            raise ImageError(f"A photo is {_FORMS}; got {text[:40]!r}.")
        if comma and not head.lower().endswith(";base64"):
            raise ImageError(f"A data URL holds its picture in base64 (data:image/jpeg;base64,...); got {head[:40]!r}.")
        encoded = body if comma else text
        if len(encoded) * 3 // 4 > self._max_bytes:
            mib = self._max_bytes // 2**20
            raise ImageTooLarge(f"The picture has more than {mib} MiB; send a smaller one.")
        try:
            return base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ImageError(f"A photo is {_FORMS}; got {text[:40]!r}.") from error
