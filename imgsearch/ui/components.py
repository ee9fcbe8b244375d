"""The page's own components: `gr.HTML` with a static template, a script from `static/` and its texts as a prop.

Knows the files and the events by name, nothing of what they mean. Invariant: no value is ever put into a template
(Gradio would run it as code); scripts build their nodes from `props.value` and `props.text`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from imgsearch.ui import strings

STATIC = Path(__file__).parent / "static"
PICKER_SCRIPTS = ("intake", "overlay", "history", "samples", "picker")
RESULTS_SCRIPTS = ("cards", "dialog", "room", "results")
SHARED = ("text", "common")


def script(*names: str) -> str:
    """The scripts as one text, those that every component has first."""
    return "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in (*SHARED, *names))


def head() -> str:
    """What the page's head holds: the rules, and the reader's language, which is there before any component is."""
    language = (STATIC / "language.js").read_text(encoding="utf-8")
    start = f"window.imgsearchLanguage.start({json.dumps(strings.addresses(), ensure_ascii=False)});"
    return f"{stylesheet()}\n<script>\n{language}\n{start}\n</script>"


def stylesheet() -> str:
    """The page's rules, for its head; given to Gradio as `css`, every rule would come twice and those on body not."""
    rules = "\n".join(
        (STATIC / f"{name}.css").read_text(encoding="utf-8") for name in ("app", "room", "review", "catalog")
    )
    return f"<style>\n{rules}</style>"


def scripted(
    name: str,
    scripts: Sequence[str],
    text: Mapping[str, str],
    server_functions: Sequence[Callable[..., Any]] = (),
    **props: Any,
) -> gr.HTML:
    """An element of class `name` that its scripts fill.

    A function and not a subclass of `gr.HTML`: for a subclass, Gradio writes a `.pyi` file beside the source.

    Args:
        name: class of the one element in the template, and `elem_id` of the component.
        scripts: names in `static/`, in order.
        text: the component's English texts, in the scripts as `say(key)`.
        server_functions: what the scripts may call as `server.name(argument)`.
        props: further values for the scripts, JSON-able.
    """
    return gr.HTML(
        value={},
        html_template=f'<div class="{name}"></div>',
        js_on_load=script(*scripts),
        apply_default_css=False,
        server_functions=list(server_functions),
        elem_id=name,
        section=name,
        text=dict(text),
        **props,
    )


def shell(status: Callable[..., dict[str, Any]], phone_code: Callable[..., dict[str, Any]]) -> gr.HTML:
    """Name, language, theme, first start's progress, "server gone". Calls `status()`, `phone_code(address)`."""
    return scripted("shell", ["shell"], strings.SHELL, [status, phone_code])


def picker(max_upload_mib: int) -> gr.HTML:
    """The photo and its boxes. Events: `.photo` with {path, rev, unseen}, whose answer is its value, and `.names`."""
    return scripted("picker", PICKER_SCRIPTS, strings.PICKER, max_upload_mib=max_upload_mib)


def names() -> gr.HTML:
    """Nothing to see: its value is the answer to the picker's `.names`, apart from the boxes' so that none is lost."""
    return scripted("names", ["names"], {})


def filters() -> gr.HTML:
    """Facets; its value is the whole request. Event: `.change`."""
    return scripted("filters", ["filters"], strings.FILTERS)


def results(product: Callable[..., dict[str, Any]]) -> gr.HTML:
    """Cards, a room's slots and the product dialog; its value is the answer. Calls `product(product_id)`."""
    return scripted("results", RESULTS_SCRIPTS, strings.RESULTS, [product])
