# Two stages: the first builds, the second holds the program and certificates alone.
FROM rust:1-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies first: this layer is built again only when they change.
COPY Cargo.toml Cargo.lock build.rs ./
RUN mkdir -p src migrations sample templates \
    && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
    && sed -i '/^\[\[bench\]\]/,$d' Cargo.toml \
    && cargo build --profile dist --locked \
    && rm -rf src target/dist/.fingerprint/harbinger-*
COPY . .
RUN cargo build --profile dist --locked \
    && target/dist/harbinger check --feeds-dir feeds \
    && install -d -o 65532 -g 65532 /empty/data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/dist/harbinger /usr/local/bin/harbinger
COPY --from=build /build/feeds /etc/harbinger/feeds
COPY --from=build --chown=65532:65532 /empty/data /var/lib/harbinger
ENV HARBINGER_LISTEN=0.0.0.0:8080 \
    HARBINGER_DATA_DIR=/var/lib/harbinger \
    HARBINGER_FEEDS_DIR=/etc/harbinger/feeds
VOLUME /var/lib/harbinger
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=5s CMD ["harbinger", "health"]
ENTRYPOINT ["harbinger"]
CMD ["serve"]
