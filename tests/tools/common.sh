# common.sh -- what the scripts of this folder share; sourced, never run.
#
# After it, the current folder is the project's top folder, and these are set and exported:
#   BUILD  folder for everything that is built     CC  the C compiler     OS  which os_*.c
# shellcheck shell=bash

set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES # else a make started below would listen to ours
# The compiler writes the folder into the lists of headers, so it must always be spelled the same way.
BUILD=${BUILD:-build}
export BUILD=${BUILD#"$PWD/"} CC=${CC:-cc} OS=${OS:-linux}
tools=tests/tools

# die MESSAGE...  One line that says what is wrong and what to type instead.
die() {
    printf 'bitslab: %s\n' "$*" >&2
    exit 1
}

# Colours, on a terminal only.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' plain=''
fi

# stage_numbers  The stages of this checkout: 1 2 3 ...
stage_numbers() {
    local folder
    for folder in stages/0?_*/; do
        [ -d "$folder" ] || continue
        folder=${folder#stages/0}
        echo "${folder%%_*}"
    done
}

# stage_name N  The name of the folder of stage N: 06_orphanage.
stage_name() {
    local folder
    case ${1:-} in
    [0-9]) for folder in stages/0"$1"_*/; do
        if [ -d "$folder" ]; then
            basename "$folder"
            return
        fi
    done ;;
    esac
    # Read by $(stage_name ...): the exit ends the subshell, and `set -e` the script.
    die "there is no stage '${1:-}'; give a number: $(stage_numbers | tr '\n' ' ')"
}

# lesson NAME  The one-line lesson of a stage.
lesson() {
    head -n 1 "stages/$1/LESSON" 2>/dev/null || echo "(no lesson yet)"
}

# need PROGRAM...  Stop unless all programs are there.
need() {
    local program
    for program in "$@"; do
        command -v "${program%% *}" >/dev/null 2>&1 ||
            die "'${program%% *}' is missing. Type: make setup (installs it), or make doctor (lists what is missing)"
    done
}

# now  Seconds with fraction, for timing.
now() {
    echo "${EPOCHREALTIME/,/.}"
}

# since START  Seconds passed since START, two decimals.
since() {
    awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'
}
