"""The page's address as a QR code, so that a phone in the same network can open it.

Knows addresses, nothing of pages. Invariant: only addresses within a private network are drawn, so that nobody can
have this server draw a code that leads to another site.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MAX_ADDRESS = 300


def code(address: object, host: str) -> dict[str, Any]:
    """{address, picture} for the phone; {} where a phone could not reach the page, or the address is public.

    Args:
        address: where the visitor's browser has the page.
        host: what the server is bound to; it stands in for an address that only this machine can use.

    >>> code("http://localhost:7860/", "127.0.0.1")
    {}
    """
    import segno

    if not isinstance(address, str) or len(address) > MAX_ADDRESS:
        return {}
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""  # also fails for what is no port
        if _is_private(host) and not _is_private(parts.hostname or ""):
            parts = parts._replace(netloc=host + port)
    except ValueError:
        return {}
    if parts.scheme not in ("http", "https") or parts.username or not _is_private(parts.hostname or ""):
        return {}
    reachable = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return {"address": reachable, "picture": segno.make(reachable, error="m").svg_data_uri(border=2, light="white")}


def _is_private(host: str) -> bool:
    """True for an address of a home's or an office's network: no name, not this machine's own, not a public one."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return False
    return ip.version == 4 and ip.is_private and not (ip.is_loopback or ip.is_unspecified or ip.is_link_local)
