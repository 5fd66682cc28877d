# One static binary on an empty image, run by a user without rights.
#
#   docker build -t teletipo .
#   docker run -d --name teletipo -p 8080:8080 -v teletipo:/data \
#     -e TELETIPO_PUBLIC_URL=https://news.example.org teletipo
#
# Every setting has such a variable; TELETIPO_CONFIG=/data/teletipo.yaml names a file of them, and
# `docker exec teletipo /teletipo config show` tells what is in force. A directory of the host in the place of
# the volume has to belong to user 65532. Commands for a running daemon go through it:
#
#   docker exec teletipo /teletipo articles

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
# timetzdata: the empty image has no time zones for the variable TZ to choose from.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -tags timetzdata -ldflags "-s -w" \
    -o /out/teletipo ./cmd/teletipo
RUN mkdir -m 0750 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/teletipo /teletipo
# A new volume takes owner and mode from the directory that it is mounted on.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data

# Variables rather than flags, so that every command in the container finds the same daemon.
# Readers come from outside the container, the operator's health checks from within.
ENV TELETIPO_DATA=/data \
    TELETIPO_LISTEN=0.0.0.0:8080 \
    TELETIPO_ADMIN=127.0.0.1:8081
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["/teletipo", "health"]
ENTRYPOINT ["/teletipo"]
CMD ["serve"]
