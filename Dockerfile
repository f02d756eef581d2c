# One image for every process: web, worker, clock, studio, demo, migrate. See docs/production.md.
FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/serenade
COPY requirements.lock .
# Wheels only: nothing is compiled, so amd64 and arm64 are built alike.
RUN /opt/serenade/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/serenade/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data HOME=/tmp
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin serenade && install -d -o serenade -g serenade /data
COPY --from=build /opt/serenade /opt/serenade
COPY . /srv/serenade
WORKDIR /srv/serenade
RUN python -m compileall -q .
USER serenade
VOLUME /data
EXPOSE 8080
# Of the web process; the others have no port, and their orchestrator's own check is whether they run.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["python", "main.py"]
CMD ["web"]
