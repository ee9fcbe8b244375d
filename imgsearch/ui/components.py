"""The page's own components: `gr.HTML` with a static template, a script from `static/` and its texts as a prop.

Knows the files and the events by name, nothing of what they mean. Invariant: no value is ever put into a template
(Gradio would run it as code); scripts build their nodes from `props.value` and `props.text`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from imgsearch.ui import strings

STATIC = Path(__file__).parent / "static"


def script(*names: str) -> str:
    """The scripts as one text, `common.js` first."""
    return "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ("common", *names))


def stylesheet() -> str:
    """The page's rules, for its head; given to Gradio as `css`, every rule would come twice and those on body not."""
    rules = "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in ("app", "review"))
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
        text: the component's texts, in the scripts as `say(key)`.
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
        text=dict(text),
        **props,
    )


def shell(status: Callable[..., dict[str, Any]]) -> gr.HTML:
    """Name, theme, first start's progress, "server gone". Calls `status()`."""
    return scripted("shell", ["shell"], strings.SHELL, [status])


def picker(max_upload_mib: int) -> gr.HTML:
    """The photo and its boxes. Event: `.photo` with {path, rev, unseen}; its value is the answer."""
    return scripted("picker", ["intake", "overlay", "picker"], strings.PICKER, max_upload_mib=max_upload_mib)


def filters() -> gr.HTML:
    """Facets; its value is the whole request. Event: `.change`."""
    return scripted("filters", ["filters"], strings.FILTERS)


def results(product: Callable[..., dict[str, Any]]) -> gr.HTML:
    """Cards and the product dialog; its value is the answer. Calls `product(product_id)`."""
    return scripted("results", ["results"], strings.RESULTS, [product])
