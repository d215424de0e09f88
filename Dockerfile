# The image holds no shell and no package manager. /opt/taskbeat is complete in itself:
#   COPY --from=taskbeat /opt/taskbeat /opt/taskbeat
# brings launcher, Node.js and bundle into any image with glibc.
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# runs on the machine that builds, whatever the image is for: nothing is emulated
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# behind a proxy with its own certificate: docker buildx bake --set '*.secrets=id=ca,src=ca.pem'
RUN --mount=type=secret,id=ca \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/bundle.ts && \
    mkdir -p /image/taskbeat/bin /image/taskbeat/dist /image/results && \
    cp dist/cli.js dist/late-*.js dist/view-page.* dist/THIRD_PARTY_LICENSES.txt /image/taskbeat/dist/ && \
    cp package.json LICENSE /image/taskbeat/ && \
    sed -i '1s|.*|#!/opt/taskbeat/bin/node|' /image/taskbeat/dist/cli.js && \
    chmod 0755 /image/taskbeat/dist/cli.js && \
    ln -s ../dist/cli.js /image/taskbeat/bin/taskbeat && \
    chmod 0777 /image/results

# koffi, the one dependency that no bundle can hold: it has a native part for each architecture, here that of the image
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS native
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
ARG TARGETARCH
RUN --mount=type=secret,id=ca \
    if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; \
    if [ "$TARGETARCH" = amd64 ]; then cpu=x64; else cpu=$TARGETARCH; fi; \
    npm ci --ignore-scripts --omit=dev --os=linux --cpu="$cpu" --libc=glibc --no-audit --no-fund && \
    mkdir -p /image/node_modules && cd node_modules && \
    cp --parents -t /image/node_modules koffi/package.json koffi/LICENSE.txt $(find koffi -name '*.js') \
      "@koromix/koffi-linux-$cpu/package.json" "@koromix/koffi-linux-$cpu/index.js" \
      "@koromix/koffi-linux-$cpu/linux_$cpu/koffi.node"

FROM ${RUNTIME_IMAGE} AS runtime

# only COPY, ENV and USER from here on: arm64 is made without running anything
FROM ${RUNTIME_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="taskbeat" \
      org.opencontainers.image.description="Gives any training command a heartbeat: runs it as an NVCF task and delivers its telemetry" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian12:nonroot"
COPY --from=runtime /nodejs/bin/node /opt/taskbeat/bin/node
COPY --from=build /image/taskbeat /opt/taskbeat
COPY --from=native /image/node_modules /opt/taskbeat/node_modules
COPY --from=build --chown=65532:65532 /image/results /var/task/results
ENV PATH=/opt/taskbeat/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    TASKBEAT_DROP_ROOT=true
# root only for as long as it takes to become the owner of the results directory
USER 0:0
ENTRYPOINT ["/opt/taskbeat/bin/taskbeat"]
CMD ["simulate"]
