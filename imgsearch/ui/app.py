"""Builds the page from its parts, and launches it.

Knows which parts there are and how their events are wired. Invariants: nothing happens at import; only `detect` and
`search` are published; a part that must not be public is not built at all, since a hidden part could still be called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from imgsearch.config import Settings
from imgsearch.ui import components, phone, strings
from imgsearch.ui.api import Api
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.shop import Shop
from imgsearch.ui.uploads import Uploads

CLEAN_EVERY_S, UPLOADS_LIVE_S = 600, 3600


@dataclass(frozen=True, slots=True)
class Tab:
    """A further tab: `fill` builds its components inside of it."""

    tab_id: str
    label: str
    fill: Callable[[], None]


def build(
    readiness: Readiness, uploads: Uploads, settings: Settings, samples: Sequence[str] = (), tabs: Sequence[Tab] = ()
) -> gr.Blocks:
    """The page as Gradio Blocks.

    Args:
        readiness: the shop, open or not yet.
        uploads: the visitors' photos.
        samples: names of the sample photos that the server has at `samples/`.
        tabs: what stands beside the Shop tab.
    """
    shop = Shop(readiness, uploads, tuple(samples))

    def status(_: object = None) -> dict[str, Any]:
        return shop.status()

    def phone_code(address: object = None) -> dict[str, Any]:
        return phone.code(address, settings.host)

    page: gr.Blocks = gr.Blocks(
        title=strings.NAME, analytics_enabled=False, fill_width=True, delete_cache=(CLEAN_EVERY_S, UPLOADS_LIVE_S)
    )
    with page:
        components.shell(status, phone_code)
        with gr.Tabs(elem_classes="tabs" if tabs else "tabs single"):
            with gr.Tab(strings.SHOP_TAB, id="shop"):
                _shop_tab(shop, settings)
            for tab in tabs:
                with gr.Tab(tab.label, id=tab.tab_id):
                    tab.fill()
        Api(readiness, uploads).publish()
    page.queue(default_concurrency_limit=4, max_size=64)
    return page


def _shop_tab(shop: Shop, settings: Settings) -> None:
    """Photo on the left, filters and cards on the right, and the three events that need the server."""

    def product(product_id: object = None) -> dict[str, Any]:
        return shop.product(product_id)

    def on_photo(event: gr.EventData) -> dict[str, Any]:
        return shop.photo(event._data)

    def on_names(event: gr.EventData) -> dict[str, Any]:
        return shop.names(event._data)

    with gr.Row(equal_height=False, elem_classes="shop-row"):
        with gr.Column(scale=5, min_width=320, elem_classes="shop-photo"):
            picker = components.picker(settings.max_upload_mib)
            names = components.names()
        with gr.Column(scale=7, min_width=320, elem_classes="shop-results"):
            filters = components.filters()
            results = components.results(product)
    # "multiple": a second photo must not wait for, nor be dropped because of, the first one.
    picker.photo(
        on_photo,
        None,
        picker,
        api_name="page_photo",
        trigger_mode="multiple",
        show_progress="hidden",
        api_visibility="private",
        concurrency_id="model",
        concurrency_limit=2,
    )
    # One at a time and apart from "model": nobody waits for names, and they must not keep others from their results.
    picker.names(
        on_names,
        None,
        names,
        api_name="page_names",
        trigger_mode="multiple",
        show_progress="hidden",
        api_visibility="private",
        concurrency_id="names",
        concurrency_limit=1,
    )
    # "always_last" would spare a burst's searches, but waits for ever for an answer that was lost on the way, and the
    # page with it. The component's value is sent, and answers that are no longer waited for are dropped by their rev.
    filters.change(
        shop.search,
        filters,
        results,
        api_name="page_search",
        trigger_mode="multiple",
        show_progress="hidden",
        api_visibility="private",
    )


def launch(settings: Settings) -> None:
    """Serve the page until the process is told to stop.

    Raises:
        ConfigError: the address can't be used, or would be open to everybody by mistake.
    """
    from imgsearch.ui import server

    server.serve(settings)
