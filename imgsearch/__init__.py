"""Shop by image: detect the things in a photo, embed one of them, find the shop's products that look like it.

The package is read from the bottom up: `errors`, `records`, `geometry`, `images`, `config`, `weights`, then
`detect`, `embed`, `store` and `catalog`, then `search` and `ingest`, and on top the user interfaces.
Importing it loads none of torch, gradio, ultralytics, pymilvus or openvino; each is loaded where it is first used.
"""

from __future__ import annotations

__version__ = "0.1.0"
