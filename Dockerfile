# Two bases, both replaceable: one with Node 24 and npm, to build and to take the `node` binary from; one with nothing but
# the C and C++ libraries that `node` needs, to run.
ARG NODE=node:24-bookworm-slim
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the only one fetches a Node for development, and this stage has its own.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY policies policies
RUN npm run build

FROM ${NODE} AS production
# The folder's name is the product's in the list of what goes into the image (`npm run sbom`, CycloneDX).
WORKDIR /tidegate
COPY package.json package-lock.json .npmrc ./
# Type declarations and source maps of other people's packages are two thirds of their size and never read at run time.
RUN npm ci --omit=dev --ignore-scripts \
  && npm run --silent sbom >sbom.cdx.json \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete

FROM ${BASE}
# The root may be read-only: what the webhook makes itself, where no certificates are given, goes to /tmp.
ENV NODE_ENV=production TIDEGATE_CERT_DIR=/tmp/certs
WORKDIR /app
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=production /tidegate/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY policies policies
COPY --from=production /tidegate/sbom.cdx.json sbom.cdx.json
# The number, not the name: Kubernetes checks runAsNonRoot by number.
USER 65532:65532
EXPOSE 8443
# What a request makes is garbage at its end. Node would let 48 MB of it come together, and memory grow to a third more.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=8", "/app/dist/main.js"]
CMD ["serve"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tidegate" \
  org.opencontainers.image.description="Policy-as-code for Kubernetes: a validating and mutating admission webhook, and an offline auditor with the same engine" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
