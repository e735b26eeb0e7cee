# One image for the API, the worker and the migration: the command says which.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/leadgate \
 && /opt/leadgate/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY . .
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/leadgate/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home leadgate \
 && install --directory --owner leadgate --mode 0700 /data
COPY --from=build /opt/leadgate /opt/leadgate
ENV PATH=/opt/leadgate/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LEADGATE_DATA_DIR=/data
WORKDIR /data
VOLUME /data
USER leadgate
EXPOSE 8000
ENTRYPOINT ["leadgate"]
CMD ["api", "--host", "0.0.0.0"]
