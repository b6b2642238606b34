# lib.sh -- what the scripts of this folder share; it is sourced, never run.
#
# They try what a user of a running program sees: options, statistics, pictures, profiles. What the
# scripts of tests/override share serves them as well.
# shellcheck shell=sh

. "$(dirname "$0")/../override/lib.sh"
unset BITSLAB_OPTIONS
