# rows.sh -- reads targets.txt; sourced.
# shellcheck shell=bash

rows() { grep -v '^#' tests/ports/targets.txt | sed 's/ *| */|/g; s/ *$//'; }

# targets  Their names with their evidence: "macOS#model"; for "macOS#kernel", SLOW must be set.
targets() {
    rows | awk -F'|' -v slow="${SLOW:-}" '$2 != "kernel" || slow { print $1 "#" $2 }'
    echo "planted faults#mutants"
}

# row NAME#EVIDENCE  The fields of a target, between bars.
row() { rows | awk -F'|' -v key="$1" '$1 "#" $2 == key'; }

evidence_word() {
    case $1 in
    native) echo runs ;;
    emulated) echo "runs in qemu-user" ;;
    wine) echo "runs in Wine" ;;
    node) echo "runs in node" ;;
    kernel) echo "runs on a kernel" ;;
    model) echo "checked on a model" ;;
    mutants) echo "in port files" ;;
    linked) echo "linked, not run" ;;
    esac
}
