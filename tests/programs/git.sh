#!/bin/sh
# git.sh -- git gc --aggressive packs a generated repository with several threads; then fsck, and
# the same objects, history and search results as without bitslab.
# Stages: 6
. "$(dirname "$0")/lib.sh"
need git awk

# shellcheck disable=SC2046 # a list of names
unset $(git rev-parse --local-env-vars)
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME="$work"

# 250 commits, each changing 5 of 60 files by a few lines: plenty of deltas to be found.
awk 'BEGIN {
    for (c = 1; c <= 250; c++) {
        printf "commit refs/heads/main\nmark :%d\n", c
        printf "committer A U Thor <author@example.org> %d +0000\n", 1700000000 + c * 3600
        message = "change " c
        printf "data %d\n%s\n", length(message), message
        for (k = 0; k < 5; k++) {
            f = (c * 7 + k * 13) % 60
            lines = 60 + f * 12
            text = ""
            for (l = 0; l < lines; l++)
                text = text sprintf("file %d line %d value %d\n", f, l,
                                    (l % 40 == c % 40 ? c : 1) * 7919 * (l + 1) % 1000003)
            printf "M 100644 inline dir%d/file%d.txt\ndata %d\n%s\n", f % 6, f, length(text), text
        }
        print ""
    }
    print "done"
}' >"$work/stream"
git init -q -b main "$work/start"
git -C "$work/start" -c fastimport.unpackLimit=100000 fast-import --quiet --done <"$work/stream"
git -C "$work/start" reset -q --hard

for run in without with; do
    cp -R "$work/start" "$work/$run"
done
silent=yes
both "git gc" git -C . -c pack.threads=4 -c gc.aggressiveDepth=40 gc --quiet --aggressive --prune=now
both "git fsck" git -C . fsck --full --strict --no-progress
silent=no
both "git log" git log -p --stat --find-renames --format='%H %an %s' -n 100
both "git blame" git blame -s -w -M dir5/file59.txt
both "git grep" git grep -n -E 'value [0-9]*(77|88)[0-9]$' main~200
both "git cat-file" git cat-file --batch-check --batch-all-objects

# Looked at without bitslab: the packs hold all, nothing is left loose.
for run in without with; do
    git -C "$work/$run" fsck --full --no-progress >"$work/fsck.$run" 2>&1 || fail "fsck of $run/"
    git -C "$work/$run" count-objects -v | grep -E '^(count|in-pack|packs|garbage):' >"$work/count.$run"
    git -C "$work/$run" log --format='%H %T' >"$work/history.$run"
done
same "git count-objects" "$work/count.without" "$work/count.with"
same "the history" "$work/history.without" "$work/history.with"
served git 8
passed "gc, fsck, log, blame, grep and $(wc -l <"$work/git cat-file.with" | tr -d ' ') objects agree"
