#!/bin/sh
# freestanding.sh -- the stage without libc and without an OS: over an array, and in WebAssembly.
#
# Stages: 1-6
# Seconds: 10
#
# The book runs every stage in the reader's browser; here node does.
set -eu
cd "$(dirname "$0")/../.."
stage=$(echo stages/0"$STAGE"_*)
out=$BUILD/stage$STAGE
mkdir -p "$out"
core=$(ls "$stage"/*.c | grep -v -e /os_ -e /override -e /exit_report -e /observe)
flags="-std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -I$stage -DSTAGE=$STAGE
       -DREGION_BYTES=((size_t)64<<20)"

$CC $flags $core tests/freestanding/os_array.c tests/freestanding/smoke.c \
    tests/freestanding/main.c -o "$out/native"
"$out/native"
echo "stage $STAGE runs over an array"

# node has no thread to hand out, and a superpage must fit into wasm's memory.
if ! command -v clang >/dev/null || ! command -v wasm-ld >/dev/null || ! command -v node >/dev/null
then
    echo "skipped: WebAssembly needs clang, wasm-ld and node; make setup installs them"
    exit 77
fi
clang --target=wasm32 -mbulk-memory -ftls-model=local-exec -nostdlib $flags $core tests/freestanding/os_array.c \
    tests/freestanding/smoke.c -Wl,--no-entry -Wl,--export=smoke -o "$out/stage.wasm"
node -e '
    const bytes = require("fs").readFileSync(process.argv[1]);
    const line = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.smoke();
    if (line !== 0) { console.error("smoke.c:" + line + ": not so"); process.exit(1); }
' "$out/stage.wasm"
echo "stage $STAGE runs in WebAssembly, $(wc -c <"$out/stage.wasm") bytes"
