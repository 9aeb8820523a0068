# One image a role: docker build --target web|live|worker|slow|push|vision|beat|migrate .
FROM python:3.11-slim AS build
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.11-slim AS base
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=fitai.settings.production \
    FITAI_HOME=/data \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin fitai \
    && install --directory --owner=fitai --group=fitai /data
COPY --from=build /venv /venv
COPY . /app
RUN python -m compileall -q /app
WORKDIR /app
USER 10001
VOLUME /data

# Migrations and the catalogue; it ends when the database is ready for the others.
FROM base AS migrate
USER 0
# Backups (`manage.py backup`, `restore`) take PostgreSQL's client, of whatever version Debian has: it reads older servers.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
USER 10001
CMD ["python", "manage.py", "prepare"]

# Background work that somebody waits for, such as the end of a rest.
FROM base AS worker
ENV METRICS_PORT=9100
CMD ["celery", "--app", "fitai", "worker", "--queues", "default", "--concurrency", "2", \
     "--loglevel", "info", "--without-mingle", "--without-gossip"]

# Background work that may take long: mail servers and plans.
FROM base AS slow
ENV METRICS_PORT=9100
CMD ["celery", "--app", "fitai", "worker", "--queues", "mail,ai", "--concurrency", "2", \
     "--loglevel", "info", "--without-mingle", "--without-gossip"]

# Web Push: most of the time it waits for somebody's push service.
FROM base AS push
CMD ["celery", "--app", "fitai", "worker", "--queues", "push", "--pool", "threads", "--concurrency", "16", \
     "--loglevel", "info", "--without-mingle", "--without-gossip"]

# Form analysis: the only image with torch. TORCH_INDEX names where its builds are, if not where all else is from.
FROM build AS build-vision
ARG TORCH_INDEX=
COPY requirements/vision.txt /tmp/vision.txt
RUN /venv/bin/pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r /tmp/vision.txt

FROM base AS vision
ENV METRICS_PORT=9100
COPY --from=build-vision /venv /venv
CMD ["celery", "--app", "fitai", "worker", "--queues", "vision", "--concurrency", "1", \
     "--loglevel", "info", "--without-mingle", "--without-gossip"]

# The dispatcher, which rings for work that is due.
FROM base AS beat
CMD ["python", "manage.py", "dispatch"]

# WebSockets.
FROM base AS live
ENV DATABASE_POOL=10
EXPOSE 8001
CMD ["uvicorn", "fitai.asgi:application", "--host", "0.0.0.0", "--port", "8001", "--no-proxy-headers", \
     "--no-server-header", "--no-access-log", "--ws-per-message-deflate", "false", \
     "--ws-max-size", "131072"]

# HTTP. The last stage is what a build without a target makes.
FROM base AS web
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "fitai.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", \
     "--respawn-failed-workers", "--no-ws", "--no-access-log"]
