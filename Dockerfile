# The image of every Nhịp process: `docker build -t nhip:0.1.0 .`. It holds no catalogue and no secret: mount both.
# BuildKit (Docker's own since 23) is needed for the cache mount.

FROM python:3.11.15-slim-bookworm AS build
WORKDIR /source
RUN python -m venv --without-pip /opt/venv
COPY pyproject.toml constraints.txt README.md ./
COPY alerts ./alerts
COPY expectations ./expectations
COPY grafana ./grafana
COPY points ./points
COPY streams ./streams
# Everything comes as a wheel (--only-binary), so that no compiler is needed here either; Nhịp itself is built from what was copied.
# Tests of libraries are a fifth of the whole and never run here.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m pip --python /opt/venv/bin/python install --disable-pip-version-check --only-binary :all: --constraint constraints.txt . \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} +

FROM python:3.11.15-slim-bookworm
LABEL org.opencontainers.image.title="Nhịp" \
      org.opencontainers.image.description="Watches the rhythm of a province's data" \
      org.opencontainers.image.licenses="Apache-2.0"
# pip has no work here, and nobody should give it any.
RUN python -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 nhip \
    && useradd --uid 10001 --gid nhip --no-create-home --home-dir /tmp --shell /usr/sbin/nologin nhip \
    && install --directory --owner=nhip --group=nhip --mode=0750 /data \
    && install --directory --owner=nhip --group=nhip --mode=0755 /provisioning
COPY --from=build /opt/venv /opt/venv
COPY --chmod=755 deploy/healthy.py /usr/local/bin/nhip-healthy
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NHIP_CATALOGUE=/catalogue \
    NHIP_DATA_DIR=/data
WORKDIR /tmp
USER 10001:10001
EXPOSE 6066
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 CMD ["nhip-healthy"]
ENTRYPOINT ["nhip"]
CMD ["worker"]
