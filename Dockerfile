# Builds the executable and puts it into a small image without compiler; see Docs/Operations.md.

FROM swift:6.3-bookworm AS build
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends libsodium-dev libsqlite3-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The package manager wants the folders of all targets, tests included, before it builds one.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product portes \
    && install -D -m 0755 "$(swift build -c release --static-swift-stdlib --show-bin-path)/portes" /out/portes

FROM debian:bookworm-slim
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends ca-certificates libsodium23 libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/*
# A user and a directory for each server, so that neither can read the other's even by a mistake in mounting.
RUN for server in authority:10001 clearing:10002; do \
        useradd --system --uid "${server#*:}" --user-group --no-create-home --shell /usr/sbin/nologin "${server%:*}" \
        && install -d -o "${server%:*}" -g "${server%:*}" -m 0700 "/var/lib/portes-${server%:*}" || exit 1; \
    done
COPY --from=build /out/portes /usr/local/bin/portes
USER authority
ENTRYPOINT ["/usr/local/bin/portes"]
CMD ["--help"]
