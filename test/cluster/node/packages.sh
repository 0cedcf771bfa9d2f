#!/usr/bin/env bash
# Debian packages of a node: what runs containers, joins them to a network, and builds images. Installs only what is missing.
set -euo pipefail

packages=(containerd runc containernetworking-plugins iptables conntrack buildah debootstrap busybox-static)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

export DEBIAN_FRONTEND=noninteractive
echo "installing ${missing[*]}"
apt-get update --quiet=2
apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null
