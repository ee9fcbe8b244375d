"""Colours and type for Gradio's own parts of the page; the components' own rules stand in static/app.css.

Invariant: no font and no stylesheet is fetched from anywhere.
"""

from __future__ import annotations

import gradio as gr

_TEAL = gr.themes.Color(
    "#effaf8", "#d3f1ed", "#a7e2db", "#73cdc4", "#3fb0a7", "#1f8f88", "#0f5f5c", "#0c4d4b", "#0a3f3e", "#083433",
    "#041f1f", name="shop",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """The page's theme, light and dark."""
    return gr.themes.Base(
        primary_hue=_TEAL,
        neutral_hue="stone",
        radius_size="lg",
        font=[gr.themes.Font("ui-sans-serif"), "system-ui", "sans-serif"],
        font_mono=[gr.themes.Font("ui-monospace"), "monospace"],
    ).set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#151413",
        block_background_fill="#ffffff",
        block_background_fill_dark="#201f1d",
        block_border_color="#e4e1da",
        block_border_color_dark="#383631",
        button_primary_background_fill="#0f5f5c",
        button_primary_background_fill_hover="#0c4d4b",
        button_primary_text_color="white",
    )
