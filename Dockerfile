# syntax=docker/dockerfile:1
# The program alone: one static binary, no shell, no package manager. Fonts, migrations, time zones and the demo are in it.
#
#   docker build -t salesflow .
#   docker run --rm --network host salesflow demo        (its page answers this machine only)
#
# There is no HEALTHCHECK here, since nothing in the image could call one. Let the orchestrator ask over HTTP:
# GET /healthz (alive; restart when it fails) and GET /readyz (stores and platforms; take out of rotation when it fails).
# Text in pictures (OCR) needs the tesseract program, which this image has not: configure ocr.url instead.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -pgo=cmd/salesflow/load.pgo -buildvcs=false -ldflags '-s -w' -o /out/salesflow ./cmd/salesflow
# What scratch lacks: a folder for the data and one for temporary files, owned by the user the program runs as.
RUN mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp && chown 65532:65532 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/tmp /tmp
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/salesflow /salesflow
COPY LICENSE /LICENSE
USER 65532:65532
ENV SALESFLOW_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/salesflow"]
CMD ["serve"]
