#!/usr/bin/env bash
# bases.sh NODE_PROGRAM NPM_FOLDER TAG: images that a registry has and this machine may not reach. Two bases for the
# Dockerfile and two for the pods of the tests: tidegate.test/{node,run,pause,shop}:TAG.
set -euo pipefail
node=$1 npm=$2 tag=$3
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# commit NAME FOLDER [CONFIG…]: an image of what is in the folder.
commit() {
  local name=$1 folder=$2 container
  shift 2
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$folder" / >/dev/null
  [ $# -eq 0 ] || buildah config "$@" "$container"
  buildah commit --quiet --rm "$container" "tidegate.test/$name:$tag" >/dev/null
}

# As node:24-bookworm-slim: Debian, node and npm, and the certificates that this machine trusts, to reach its registry.
mkdir "$work/node"
debootstrap --variant=minbase bookworm "$work/node" >/dev/null
rm -rf "$work/node/var/cache/apt" "$work/node/var/lib/apt/lists"
install -D "$node" "$work/node/usr/local/bin/node"
mkdir -p "$work/node/usr/local/lib/node_modules" "$work/node/etc/ssl/certs"
cp -r "$npm" "$work/node/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"
cp /etc/ssl/certs/ca-certificates.crt "$work/node/etc/ssl/certs/"
commit node "$work/node" --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt

# As distroless/cc-debian12:nonroot: the libraries that `node` is linked to and nothing else; no shell, no package manager.
mkdir "$work/packages" "$work/run"
(cd "$work/packages" && apt-get download --quiet=2 libc6 libgcc-s1 libstdc++6 base-files tzdata netbase 2>/dev/null)
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$work/run"; done
rm -rf "$work/run/usr/share/doc" "$work/run/usr/share/locale"
echo 'root:x:0:0:root:/root:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >"$work/run/etc/passwd"
echo 'root:x:0:
nonroot:x:65532:' >"$work/run/etc/group"
commit run "$work/run" --user 65532:65532 --workingdir /home/nonroot

# What holds the network of each pod, and what the workloads of the tests run: a small web server that ends when asked to.
mkdir -p "$work/pause/bin" "$work/shop/bin" "$work/shop/www"
cp /bin/busybox "$work/pause/bin/"
cp /bin/busybox "$work/shop/bin/"
echo open >"$work/shop/www/index.html"
commit pause "$work/pause" --cmd '["/bin/busybox","sleep","2147483647"]'
commit shop "$work/shop" --user 65532:65532 \
  --cmd '["/bin/busybox","sh","-c","trap \"exit 0\" TERM; /bin/busybox httpd -f -p 8080 -h /www & wait"]'
