"""The vector store: one class over Milvus Lite (a `.db` directory) and a Milvus server (http), and nothing beside it.

`rows` turns products into rows and back, `filters` writes Milvus' filter language, `connection` opens and closes a
backend and translates its errors, `collection` makes and publishes collections, `milvus` is the class, `protocol` what
others may expect of it. pymilvus is imported when a store is opened, not before.
"""

from __future__ import annotations

from imgsearch.store.connection import is_embedded
from imgsearch.store.milvus import MAX_TOP_K, MilvusStore
from imgsearch.store.protocol import VectorStore
from imgsearch.store.rows import MAX_IMAGES, Entry, Hit, entry_id

__all__ = ["MAX_IMAGES", "MAX_TOP_K", "Entry", "Hit", "MilvusStore", "VectorStore", "entry_id", "is_embedded"]
