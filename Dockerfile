# The clipseg program in a small image: `docker build -t clipseg .`, then `docker run -p 8080:8080 clipseg`.

FROM swift:6.3-bookworm AS build

RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    libcurl4-openssl-dev=7.88.* libdnnl-dev=2.6.* libjpeg-dev=1:2.1.* libpng-dev=1.6.* libssl-dev=3.0.* \
    zlib1g-dev=1:1.2.* \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /src

# Fetched anew only when the manifest changes.
COPY Package.swift ./
RUN swift package resolve

COPY openapi.yaml ./
COPY Sources Sources
# SwiftPM wants the folders of all targets, those of the tests too.
COPY Tests Tests
RUN swift build -c release --product clipseg --static-swift-stdlib \
 && strip -o /clipseg .build/release/clipseg

FROM debian:bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    ca-certificates=20* libcurl4=7.88.* libdnnl2=2.6.* libgomp1=12.2.* libjpeg62-turbo=1:2.1.* libpng16-16=1.6.* \
    libssl3=3.0.* libstdc++6=12.2.* zlib1g=1:1.2.* \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
 # Where checkpoints are mounted, or pulled to.
 && install -d -o 65532 -g 65532 /models

COPY --from=build /clipseg /usr/local/bin/clipseg

ARG VERSION=0.1.0
ARG REVISION=
# The label says what the program says.
RUN [ "$(clipseg --version)" = "$VERSION" ]
LABEL org.opencontainers.image.title="clipseg" \
      org.opencontainers.image.description="CLIPSeg over HTTP: an image and a prompt in, a mask out" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"

# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
WORKDIR /models

# The cache of `clipseg pull`; everything that serve is told here holds for the health check too.
ENV HF_HUB_CACHE=/models \
    CLIPSEG_HOST=0.0.0.0 \
    CLIPSEG_PORT=8080

EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["clipseg", "healthcheck"]
ENTRYPOINT ["clipseg"]
CMD ["serve"]
