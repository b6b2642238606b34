# exports.sh -- the shared library exports every name of malloc, and nothing else.
#
# Stages: 6
# Seconds: 1
. "$(dirname "$0")/lib.sh"

cat >"$work/expected.names" <<'END'
malloc free calloc realloc reallocarray posix_memalign aligned_alloc malloc_usable_size
free_sized free_aligned_sized
memalign valloc pvalloc cfree malloc_trim mallopt mallinfo mallinfo2 malloc_stats malloc_info
__libc_malloc __libc_free __libc_calloc __libc_realloc __libc_memalign __libc_valloc
__libc_pvalloc __libc_cfree __posix_memalign
_Znwm _ZnwmRKSt9nothrow_t _ZnwmSt11align_val_t _ZnwmSt11align_val_tRKSt9nothrow_t
_Znam _ZnamRKSt9nothrow_t _ZnamSt11align_val_t _ZnamSt11align_val_tRKSt9nothrow_t
_ZdlPv _ZdlPvRKSt9nothrow_t _ZdlPvm _ZdlPvSt11align_val_t _ZdlPvmSt11align_val_t
_ZdlPvSt11align_val_tRKSt9nothrow_t
_ZdaPv _ZdaPvRKSt9nothrow_t _ZdaPvm _ZdaPvSt11align_val_t _ZdaPvmSt11align_val_t
_ZdaPvSt11align_val_tRKSt9nothrow_t
bitslab_malloc bitslab_free bitslab_calloc bitslab_realloc bitslab_aligned_alloc
bitslab_posix_memalign bitslab_usable_size bitslab_free_sized bitslab_free_aligned_sized
bitslab_trim bitslab_stats bitslab_build bitslab_check bitslab_survey
bitslab_heap_create bitslab_heap_create_in bitslab_heap_destroy bitslab_heap_malloc
bitslab_heap_calloc bitslab_heap_aligned_alloc bitslab_heap_realloc bitslab_heap_free
bitslab_option_set bitslab_option_get bitslab_options_print bitslab_set_limit
bitslab_on_out_of_memory bitslab_on_error
bitslab_stats_print bitslab_heap_picture bitslab_heap_profile bitslab_walk bitslab_walk_all
END
tr ' ' '\n' <"$work/expected.names" | sed '/^$/d' | case $(getconf LONG_BIT) in
64) cat ;;
*) sed 's/^\(_Zn[wa]\)m/\1j/; s/^\(_Zd[la]Pv\)m/\1j/' ;; # size_t is unsigned int
esac | sort >"$work/expected"
[ "$(grep -c '^_Z' "$work/expected")" -eq 20 ] || fail "the list must have 20 C++ operators"

# The archive holds the same names; what it defines beyond them could clash with a program's.
nm -D --defined-only "$LIB" | awk '$2 != "A" { print $NF }' | sed 's/@.*//' | sort >"$work/library"
nm -g --defined-only "$ARCHIVE" | awk 'NF == 3 { print $3 }' | sort >"$work/archive"
for made in library archive; do
    missing=$(comm -23 "$work/expected" "$work/$made" | tr '\n' ' ')
    surplus=$(comm -13 "$work/expected" "$work/$made" | tr '\n' ' ')
    [ -z "$missing" ] || fail "the $made does not export: $missing"
    [ -z "$surplus" ] || fail "the $made exports, and must not: $surplus"
done
echo "$(wc -l <"$work/library") names are exported, each of them wanted"
