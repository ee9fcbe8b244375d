"""Long runs, started by `make soak`: hostile files by the thousand, a large embedded store."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsearch import images
from imgsearch.errors import ImageError
from imgsearch.records import Product
from imgsearch.store import Entry, MilvusStore, entry_id

pytestmark = pytest.mark.soak


def _encoded(fmt: str) -> bytes:
    images.enable_heif()
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, fmt)
    return buffer.getvalue()


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF"])
def test_damaged_files_give_a_picture_or_one_sentence(fmt: str) -> None:
    """3,000 files with flipped, dropped and inserted bytes: never another exception, never half a file's worth."""
    original = _encoded(fmt)
    rng = random.Random(fmt)
    for _ in range(3000):
        data = bytearray(original[: rng.choice([len(original), rng.randrange(1, len(original))])])
        for _ in range(rng.randrange(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            photo = images.load(bytes(data))
        except ImageError as error:
            assert "\n" not in str(error)
        else:
            assert photo.image.mode == "RGB" and max(photo.image.size) <= images.WORK_SIDE_PX


def test_a_hundred_thousand_pictures_in_the_embedded_store(tmp_path: Path) -> None:
    """Nearest neighbours equal numpy's, before and after reopening."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(100_000, 256)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[:20] + 0.05 * rng.normal(size=(20, 256)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    expected = [np.argsort(-row)[:10] for row in queries @ vectors.T]
    uri = str(tmp_path / "soak.db")
    for reopened in (False, True):
        with MilvusStore(uri, shop="soak", fingerprint="f" * 64) as store:
            if not reopened:
                store.begin()
                for start in range(0, len(vectors), 2000):
                    rows = range(start, start + 2000)
                    entries = [Entry(entry_id(f"p{i}", 0), Product(f"p{i}", f"Product {i}", ("x",)), "x") for i in rows]
                    store.upsert(entries, vectors[start : start + 2000])
                store.publish(len(vectors))
            found = store.search(queries, 10)
        for hits, wanted in zip(found, expected, strict=True):
            assert [h.entry.product.product_id for h in hits] == [f"p{i}" for i in wanted]
