"""Settings from the environment and from flags, and the one place that touches environment variables.

Knows nothing about what the settings are used for. Invariants: an unknown `IMGSEARCH_` name is an error, never
ignored; secrets do not appear in `repr`; after `quiet_libraries()` no library of ours phones home.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from imgsearch.errors import ConfigError

PREFIX = "IMGSEARCH_"
ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
DEMO_FEED = ASSETS / "demo" / "feed.tsv"
DEMO_SHOP = "demo"
OWN_SHOP = "shop"

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, resolved. Environment and flags share their names: `IMGSEARCH_DATA_DIR` is `--data-dir`.

    Attributes:
        uri: a `.db` path (Milvus Lite) or `http(s)://host:port` (Milvus); '' means `<data_dir>/milvus.db`.
        token: for a Milvus server, `user:password` or an API key.
        data_dir: everything that is written lies below it.
        shop: the shop to use; '' means `shop` if it exists, else `demo`.
        models: `bundled`, `pretrained` or a directory made by `imgsearch train`.
        host, port: where the page is served.
        auth: `user:password-hash` for the page (`imgsearch doctor --hash-password` prints one); '' is no login.
        public: public mode: no import, grades live in the visit only.
        allow_private_urls: let feeds name pictures on private networks.
        max_upload_mib: the largest picture, or feed, that the page takes.
        keep_nothing: delete uploads as soon as they are answered.
    """

    uri: str = ""
    token: str = field(default="", repr=False)
    data_dir: Path = Path("data")
    shop: str = ""
    models: str = "bundled"
    host: str = "127.0.0.1"
    port: int = 7860
    auth: str = field(default="", repr=False)
    public: bool = False
    allow_private_urls: bool = False
    max_upload_mib: int = 20
    keep_nothing: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **flags: object) -> Settings:
        """Read the environment, let flags that are not None win, and check the result.

        Raises:
            ConfigError: an unknown `IMGSEARCH_` name, or a value of the wrong kind.

        >>> Settings.from_env({"IMGSEARCH_PORT": "8000"}).port
        8000
        """
        env = os.environ if environ is None else environ
        names = {f.name for f in dataclasses.fields(cls)}
        unknown = sorted(k for k in env if k.startswith(PREFIX) and not _known(k, names))
        if unknown:
            known = ", ".join(PREFIX + n.upper() for n in sorted(names))
            raise ConfigError(f"Unknown setting {unknown[0]}; the known ones are {known}.")
        given: dict[str, object] = {n: env[PREFIX + n.upper()] for n in names if env.get(PREFIX + n.upper())}
        if env.get("SPACE_ID"):
            given = {"public": "1", "host": "0.0.0.0"} | given  # a Space is reached from outside, by everybody
        given |= {k: v for k, v in flags.items() if v is not None}
        # Gradio's own names win for the address, as its users expect.
        given |= {k: env[v] for k, v in (("host", "GRADIO_SERVER_NAME"), ("port", "GRADIO_SERVER_PORT")) if env.get(v)}
        given.setdefault("data_dir", str(default_data_dir(env)))
        return _checked(cls(**{k: _convert(k, v) for k, v in given.items()}))  # type: ignore[arg-type]

    @property
    def store_uri(self) -> str:
        """The address of the store: `uri`, or the embedded database in the data directory."""
        return self.uri or str(self.data_dir / "milvus.db")

    @property
    def is_loopback(self) -> bool:
        """True if the page can be reached from this machine only."""
        return self.host in LOOPBACK

    def shop_dir(self, shop: str) -> Path:
        """Where a shop's own files (records, thumbnails, verdicts) lie."""
        return self.data_dir / "shops" / shop


def _known(name: str, names: set[str]) -> bool:
    # IMGSEARCH_TEST_* belong to the tests.
    return name[len(PREFIX) :].lower() in names or name.startswith(PREFIX + "TEST_")


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """`/data` on a Space that has it, else the user's data folder, else (nothing can be written) a temporary one."""
    home = Path(environ.get("XDG_DATA_HOME") or Path(environ.get("HOME") or "/nonexistent") / ".local" / "share")
    candidates = [Path("/data")] if environ.get("SPACE_ID") else []
    for folder in [*candidates, home]:
        nearest = next((p for p in (folder, *folder.parents) if p.exists()), Path("/"))
        if nearest != Path("/") and os.access(nearest, os.W_OK):
            return folder / "imgsearch"
    return Path(tempfile.gettempdir()) / "imgsearch"


def _convert(name: str, value: object) -> object:
    kinds = {"data_dir": Path, "port": int, "max_upload_mib": int}
    booleans = ("public", "allow_private_urls", "keep_nothing")
    flag = f"{PREFIX}{name.upper()} / --{name.replace('_', '-')}"
    if name in booleans:
        text = str(value).strip().lower()
        if text not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
            raise ConfigError(f"{flag} expects 1 or 0; got {value!r}.")
        return text in ("1", "true", "yes", "on")
    try:
        return kinds[name](str(value)) if name in kinds else str(value)
    except ValueError as error:
        raise ConfigError(f"{flag} expects a whole number; got {value!r}.") from error


def _checked(settings: Settings) -> Settings:
    if not 0 <= settings.port <= 65535:
        raise ConfigError(f"The port must lie in 0..65535; got {settings.port}.")
    if not 1 <= settings.max_upload_mib <= 200:
        raise ConfigError(f"{PREFIX}MAX_UPLOAD_MIB must lie in 1..200; got {settings.max_upload_mib}.")
    if settings.shop and not settings.shop.replace("_", "").replace("-", "").isalnum():
        raise ConfigError(f"A shop's name has letters, digits, - and _ only; got {settings.shop!r}.")
    if settings.auth and ":" not in settings.auth:
        raise ConfigError(f"{PREFIX}AUTH expects user:password-hash (no colon found).")
    check_uri(settings.store_uri)
    return dataclasses.replace(settings, data_dir=settings.data_dir.expanduser().absolute())


def check_uri(uri: str) -> str:
    """Return the URI if it names an embedded database or a server.

    Raises:
        ConfigError: neither a `.db` path nor `http(s)://host:port`.
    """
    if uri.endswith(".db") and "://" not in uri:
        return uri
    try:
        parts = urlsplit(uri)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return uri
    except ValueError:  # half a bracket, or a port that is no number
        pass
    raise ConfigError(f"The store's URI is a path ending in .db or http(s)://host:port; got {without_login(uri)!r}.")


def without_login(uri: str) -> str:
    """An address without user and password, for messages and reports; a path as it is.

    >>> without_login("http://root:secret@milvus:19530/shops")
    'http://milvus:19530/shops'
    """
    scheme, mark, rest = uri.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def let_threads_sleep() -> None:
    """Make torch's threads sleep while they wait for each other; for training. Call before torch is loaded.

    As they come, they spin, and take cores from whatever runs beside them (the page, the maker of batches). Two short
    runs of the embedder took 80 s of processor time, 47 with threads that sleep, and 47 and 43 s in all.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def quiet_libraries() -> None:
    """Switch off what our libraries send home or write outside the data directory. Call before importing them.

    openvino posts an analytics event at import unless its telemetry package can't be imported (and hides that with
    CI=true); gradio checks its version; huggingface_hub and ultralytics look things up.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ.setdefault("YOLO_VERBOSE", "false")
    os.environ.setdefault("YOLO_CONFIG_DIR", str(Path(tempfile.gettempdir()) / "imgsearch-ultralytics"))
    os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "imgsearch-matplotlib"))
    # gRPC's fork handlers warn on every subprocess.
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def resolve_device(device: str) -> str:
    """'cpu' or 'cuda' for 'cpu', 'cuda' or 'auto'; torch is imported only where there is an NVIDIA driver.

    Raises:
        ConfigError: another word, or CUDA is asked for and there is none.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ConfigError(f"The device is auto, cpu or cuda; got {device!r}.")
    if device == "cpu":
        return "cpu"
    found = _has_cuda()
    if device == "cuda" and not found:
        raise ConfigError("CUDA was asked for, but torch finds no usable card; use --device cpu or install the driver.")
    return "cuda" if found else "cpu"


def _has_cuda() -> bool:
    # Asking torch costs seconds and hundreds of megabytes, so a machine without the driver is not asked at all.
    if not (Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")):
        return False
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def has_desktop() -> bool:
    """True if a browser window could open: a display on Linux, always on macOS and Windows, never in CI."""
    if os.environ.get("CI") or os.environ.get("SPACE_ID"):
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def upload_folder(settings: Settings) -> Path:
    """Where the page's server keeps what visitors send, told to Gradio, which reads it when its server is made."""
    folder = settings.data_dir / "uploads"
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder
