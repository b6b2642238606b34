# cmake.sh -- a project with CMake: find_package, FetchContent with SOURCE_SUBDIR, add_subdirectory.
#
# find_package is tried with what make install and what CMake itself install. The source tree is a
# copy of the files that git lists: nothing that a user would not get may be needed.
#
# Stages: 6
# Seconds: 60
. "$(dirname "$0")/lib.sh"
needs cmake git tar
git -C "$top" rev-parse 2>/dev/null || skip "git does not know which files are ours"

jobs=$(nproc 2>/dev/null || echo 2)
mkdir "$work/source"
(cd "$top" && git ls-files -z --cached --others --exclude-standard stages |
    tar -c --null --ignore-failed-read -T - 2>"$log") | tar -x -C "$work/source"
tar -czf "$work/source.tar.gz" -C "$work" source

consumer() { # TITLE VARIABLE...
    title=$1
    shift
    quietly cmake -S "$here/cmake" -B "$work/$title" -DCMAKE_BUILD_TYPE=Release "$@"
    quietly cmake --build "$work/$title" -j "$jobs"
    for language in c cxx; do
        quietly "$work/$title/${language}_bitslab" malloc
        quietly "$work/$title/${language}_malloc" malloc
        quietly "$work/$title/${language}_static" functions
    done
}

project install PREFIX="$work/made"
mv "$work/made" "$work/moved" # the package finds its files from where it is
consumer find -DHOW=find -Dbitslab_ROOT="$work/moved"
consumer add -DHOW=add -DFROM="$work/source"
consumer fetch -DHOW=fetch -DFROM="$work/source.tar.gz"

quietly cmake -S "$work/source/stages/06_orphanage" -B "$work/alone" \
    -DCMAKE_INSTALL_PREFIX="$work/installed" -DCMAKE_INSTALL_LIBDIR=lib/some/where
quietly cmake --build "$work/alone" -j "$jobs"
quietly cmake --install "$work/alone"
consumer found -DHOW=find -Dbitslab_DIR="$work/installed/lib/some/where/cmake/bitslab"

# Its launcher finds its library, also where both were moved to.
quietly "$work/alone/bitslab" info
mv "$work/installed" "$work/elsewhere"
quietly "$work/elsewhere/bin/bitslab" info
grep -q "^library .*elsewhere/lib/some/where/libbitslab.so" "$log" || fail "the launcher finds another library"
mv "$work/elsewhere" "$work/installed"

# Both install every public header.
(cd "$stage" && ls bitslab*.h*) >"$work/headers"
for folder in "$work/moved/include" "$work/installed/include"; do
    ls "$folder" | cmp -s - "$work/headers" || fail "not the public headers: $(ls "$folder")"
done

# An archive shows nothing but the public names, whoever built it.
for archive in "$work/moved/lib/libbitslab.a" "$work/installed/lib/some/where/libbitslab.a"; do
    names=$(nm -g --defined-only "$archive" | awk 'NF == 3 && $3 !~ /^bitslab_/ { print $3 }')
    [ -z "$names" ] || fail "$archive shows: $names"
done

# For Windows it is built here, no more than that.
if [ -f "$stage/os_windows.c" ] && command -v x86_64-w64-mingw32-gcc >/dev/null; then
    quietly cmake -S "$work/source/stages/06_orphanage" -B "$work/windows" \
        -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER=x86_64-w64-mingw32-gcc \
        -DCMAKE_INSTALL_PREFIX="$work/for-windows"
    quietly cmake --build "$work/windows" -j "$jobs"
    quietly cmake --install "$work/windows"
    [ -s "$work/for-windows/lib/libbitslab.a" ] || fail "no library for Windows"
fi

# What is not there is said.
! cmake -S "$here/cmake" -B "$work/none" -DHOW=find -Dbitslab_DIR="$work" >"$log" 2>&1 ||
    fail "a package was found where there is none"
cat >"$work/source/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(later LANGUAGES C)
find_package(bitslab 0.9 REQUIRED)
END
! cmake -S "$work/source" -B "$work/later" -Dbitslab_ROOT="$work/moved" >"$log" 2>&1 ||
    fail "version 0.9 was found in $(version)"
echo "find_package of both installers, FetchContent, add_subdirectory: three targets each, C and C++"
