#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deps: what anysim needs from the system. Names are Debian 12's.
#
#   deps.sh [PACKAGE…]   install what is missing, and the extra packages; silent when nothing is
#   deps.sh --probe      install nothing: fail, naming the packages, when a build cannot work
#
# Installs with apt-get, as root or through a sudo that asks no password. A package counts as there
# when dpkg says so, or when what we want from it is found: a library built by hand, gnuplot-qt
# for gnuplot-nox, another distribution.
set -euo pipefail

# package, needed to (build, run, test), how to find it without dpkg
table() {
    cat <<'TABLE'
gcc                build  command compiler
libc6-dev          build  header  stdio.h
make               build  command make
pkg-config         build  command pkg-config
libigraph-dev      build  module  igraph
libgsl-dev         build  module  gsl
librandom123-dev   build  header  Random123/philox.h
libcsv-dev         build  header  csv.h
libyaml-dev        build  module  yaml-0.1
libjansson-dev     build  module  jansson
libxml2-dev        build  module  libxml-2.0
libzstd-dev        build  module  libzstd
zlib1g-dev         build  module  zlib
libbz2-dev         build  header  bzlib.h
libpcap0.8-dev     build  module  libpcap
gnuplot-nox        run    command gnuplot
libcunit1-dev      test   header  CUnit/CUnit.h
TABLE
    for extra in "$@"; do
        echo "$extra test command $extra"
    done
}

# found KIND WHAT
found() {
    case $1:$2 in
    command:compiler) command -v "${CC:-gcc}" >/dev/null ;;
    command:*) command -v "$2" >/dev/null ;;
    header:*) echo "#include <stddef.h>
#include <stdio.h>
#include <$2>" | "${CC:-gcc}" -E -x c - -o /dev/null 2>/dev/null ;;
    module:*) pkg-config --exists "$2" 2>/dev/null ;;
    esac
}

# Prints the packages of the table on stdin that are not found.
missing() {
    local package kind what
    while read -r package _ kind what; do
        found "$kind" "$what" || echo "$package"
    done
}

# Keeps the lines of the table on stdin whose package dpkg does not have. One call for all.
unknown_to_dpkg() {
    local rows
    rows=$(cat)
    command -v dpkg-query >/dev/null || { echo "$rows"; return; }
    # Words on purpose: one argument a package. dpkg-query fails when it does not know one.
    # shellcheck disable=SC2046
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' $(awk '{print $1}' <<<"$rows") \
        2>/dev/null || true; } |
        awk 'NR == FNR { if ($1 == "installed") have[$2]; next } !($1 in have)' - \
            /dev/fd/3 3<<<"$rows"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

install() {
    if ! command -v apt-get >/dev/null; then
        echo "deps: this system has no apt-get. Please install what Debian calls: $*" >&2
        return 1
    fi
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        echo "deps: missing packages. As root, run: apt-get install --no-install-recommends $*" >&2
        return 1
    fi
    echo "deps: installing $*"
    as_root apt-get update -q -o Acquire::Retries=3 ||
        echo 'deps: apt-get update failed; trying with the package lists that are there' >&2
    # --no-remove: never trade a package that the user chose for one of ours.
    as_root apt-get install -q -y --no-install-recommends --no-remove \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@"
}

if [ "${1:-}" = --probe ]; then
    lacking=$(table | awk '$2 == "build"' | missing)
    [ -z "$lacking" ] && exit 0
    echo "anysim cannot be built here; missing (Debian's names):" $lacking >&2
    echo 'Install them, or let "make deps" do it.' >&2
    exit 1
fi
lacking=$(table "$@" | unknown_to_dpkg | missing)
# shellcheck disable=SC2086
[ -z "$lacking" ] || install $lacking
