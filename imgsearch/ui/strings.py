"""All text of the page: one file a language in `locales/`, English being the one that the others translate.

Knows which languages there are and where their files lie, nothing of where a text appears. A file holds sections (one
for each component of the page, and `errors` by error code), a section texts by key. `{name}` is a placeholder; a key
that ends in a plural category (`_zero`, `_one`, `_two`, `_few`, `_many`) is that form of the key without it, and the
plain key is the form for every other number. Invariant: no text of the page stands anywhere else; the core's own error
sentences are English, and `errors` says the same by code.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

LOCALES: Final = Path(__file__).parent / "locales"
SOURCE: Final = "en"
LANGUAGES: Final = {
    "en": "English",
    "zh-Hans": "简体中文",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "pt": "Português",
    "ja": "日本語",
    "ar": "العربية",
}
"""BCP 47 tag, which is the file's name, and what the language calls itself."""

Texts = dict[str, dict[str, str]]


def load(tag: str) -> Texts:
    """The texts of a language: section, key, text."""
    texts: Texts = json.loads((LOCALES / f"{tag}.json").read_text(encoding="utf-8"))
    return texts


def addresses() -> dict[str, dict[str, str]]:
    """What the page's switch offers: tag -> `name`, and `address` of its texts, which changes when they do."""
    return {tag: {"name": name, "address": f"locales/{tag}.json?v={_version(tag)}"} for tag, name in LANGUAGES.items()}


def _version(tag: str) -> str:
    return hashlib.sha256((LOCALES / f"{tag}.json").read_bytes()).hexdigest()[:12]


_ENGLISH: Final = load(SOURCE)

SHELL: Final = _ENGLISH["shell"]
PICKER: Final = _ENGLISH["picker"]
FILTERS: Final = _ENGLISH["filters"]
RESULTS: Final = _ENGLISH["results"]
REVIEW: Final = _ENGLISH["board"]
CATALOG: Final = _ENGLISH["catalog"]

NAME: Final = SHELL["name"]
SHOP_TAB: Final = SHELL["tab_shop"]
REVIEW_TAB: Final = SHELL["tab_review"]
CATALOG_TAB: Final = SHELL["tab_catalog"]

UNEXPECTED: Final = _ENGLISH["errors"]["unexpected"]
NOT_UPLOADED: Final = "That file was not sent to this page; choose a photo again."  # the page itself never causes it
PHOTO_GONE: Final = _ENGLISH["errors"]["photo_gone"]
FEED_NOT_SENT: Final = _ENGLISH["errors"]["feed_not_sent"]
IMPORT_RUNNING: Final = _ENGLISH["errors"]["import_running"]
PREPARING: Final = _ENGLISH["errors"]["preparing"]
REVIEW_NO_QUERIES: Final = _ENGLISH["errors"]["no_queries"]
REVIEW_DEMO_ONLY: Final = _ENGLISH["errors"]["review_demo_only"]
