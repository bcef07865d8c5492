# Two stages: the first builds, the second holds the program and certificates alone.
FROM rust:1-slim-bookworm AS build
WORKDIR /build
COPY . .
# The caches are the builder's: a second image compiles what changed, and nothing of them is in the layer.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --profile dist --locked --features otel \
    && target/dist/harbinger check --feeds-dir feeds \
    && install -D target/dist/harbinger /image/harbinger \
    && install -d -o 65532 -g 65532 /image/data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /image/harbinger /usr/local/bin/harbinger
COPY --from=build /build/feeds /etc/harbinger/feeds
COPY --from=build --chown=65532:65532 /image/data /var/lib/harbinger
ENV HARBINGER_LISTEN=0.0.0.0:8080 \
    HARBINGER_DATA_DIR=/var/lib/harbinger \
    HARBINGER_FEEDS_DIR=/etc/harbinger/feeds
VOLUME /var/lib/harbinger
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=5s CMD ["harbinger", "health"]
ENTRYPOINT ["harbinger"]
CMD ["serve"]
