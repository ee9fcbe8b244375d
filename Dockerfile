# The page with all it needs to serve: no torch, no system package, user 1000, nothing written but /data.
# The image was not built where this file was written (no container engine there); tests/unit/test_container_files.py
# checks it as far as can be without one.
FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --uid 1000 --create-home --shell /usr/sbin/nologin imgsearch \
    && install -d -o 1000 -g 1000 /data

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
RUN python -m compileall -q imgsearch app.py

USER 1000:1000

# Any other setting of the README is set the same way, e.g. -e IMGSEARCH_AUTH=user:hash or -e IMGSEARCH_PUBLIC=1: one of
# the two is needed, since the address is not the machine's own.
ENV IMGSEARCH_HOST=0.0.0.0 \
    IMGSEARCH_PORT=7860 \
    IMGSEARCH_DATA_DIR=/data

VOLUME ["/data"]
EXPOSE 7860

# "ok" is false only where the shop can't be opened; while the demo is being made it is true.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import json, os, urllib.request as u; raise SystemExit(not json.load(u.urlopen('http://127.0.0.1:' + os.environ['IMGSEARCH_PORT'] + '/healthz', timeout=8))['ok'])"]

CMD ["python", "app.py"]
