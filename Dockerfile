# keepalived-ts in a container: see docs/migrate.md, "Containers". No engine is needed to test it:
# test/interop/packaging/dockerfile.test.ts carries out its steps.

FROM node:24-bookworm AS build
WORKDIR /build
COPY . .
# The compiler is part of this image, the pinned runtime comes with the npm packages.
RUN node scripts/run.mjs image --output /image

FROM debian:bookworm-slim
COPY --from=build /image/ /
ENV KEEPALIVED_CONFIG=/etc/keepalived/keepalived.conf
ENV KEEPALIVED_OPTIONS=
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/bin/keepalivectl", "status"]
ENTRYPOINT ["/usr/local/bin/keepalived-container"]
