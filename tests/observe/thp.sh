# thp.sh -- which mappings the kernel may back with huge pages, as it says itself.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"

compile thp thp.c
grep -q VmFlags /proc/self/smaps || skip "the kernel does not tell of flags"
[ -e /sys/kernel/mm/transparent_hugepage/enabled ] || skip "the kernel has no huge pages"

expect() { # OPTIONS FLAGS  Those of a superpage and of a huge block.
    found=$(BITSLAB_OPTIONS=$1 LD_PRELOAD=$LIB "$work/thp")
    [ "$found" = "$2" ] || fail "with '$1' the mappings are marked '$found' and not '$2'"
}

expect '' 'nh -'
expect thp=never 'nh nh'
expect thp=advise 'nh hg'
expect thp=always 'hg hg'
expect thp=system '- -'
echo "superpages take no huge pages unless that is asked for"
