"""Run a program with every outside connection attempt of its Python code recorded and refused.

    python tests/traffic_guard.py LOG script.py [args...]      or      ... LOG -m module [args...]

Attempts count, not successes: a library that phones home must not even try. Names are looked up through the same
events, so a refused look-up shows, too. (gRPC's C core, which talks to Milvus, does not pass through these events; it
connects only to the address it is given.)
"""

from __future__ import annotations

import ipaddress
import runpy
import sys
from pathlib import Path

LOCAL_NAMES = {"localhost", "", None, "0.0.0.0", "::"}


def is_local(host: object) -> bool:
    """True for this machine's own addresses and names."""
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def install(log: Path) -> None:
    """Record in `log`, and refuse, whatever leaves this machine."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.sendto"):
            address = args[1]
            host = address[0] if isinstance(address, tuple) else None
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            host = args[0]
        else:
            return
        if not is_local(host):
            with log.open("a") as out:
                out.write(f"{event} {host}\n")
            raise ConnectionRefusedError(f"outside traffic to {host}")

    sys.addaudithook(hook)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
    if sys.argv[2] == "-m":
        module = sys.argv[3]
        sys.argv = sys.argv[3:]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        script = sys.argv[2]
        sys.argv = sys.argv[2:]
        sys.path.insert(0, str(Path(script).resolve().parent))
        runpy.run_path(script, run_name="__main__")
