/* bitslab_observe.h -- the public interface: options, limits, statistics, walks, pictures, profiles.
 *
 * Part of bitslab.h, which includes it.
 */
#ifndef BITSLAB_OBSERVE_H
#define BITSLAB_OBSERVE_H

#include "bitslab.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BITSLAB_CLASS_COUNT 53 /* the last is that of size 0 */

/** What bitslab_survey() finds. The six fields of bytes add up to mapped_bytes exactly, and
 *  bins_live + bins_free + bins_held + bins_remote to the sum of bins. */
struct bitslab_survey {
    size_t mapped_bytes;               /**< obtained from the OS and not returned            */
    size_t block_bytes;                /**< in live blocks, as bitslab_usable_size tells     */
    size_t waiting_bytes;              /**< in bins and wide blocks that were freed          */
    size_t slot_bytes;                 /**< in slots of superpages that are free             */
    size_t tail_bytes;                 /**< behind the last bins of slabs                    */
    size_t cached_bytes;               /**< in freed huge mappings, kept for the next        */
    size_t bookkeeping_bytes;          /**< in headers, heaps and the registry               */
    size_t lent_bytes;                 /**< beside all that: what bitslab_heap_create_in got */
    size_t superpages;                 /**< all; owned + orphaned + pooled                   */
    size_t superpages_owned;           /**< by the heap of a thread                          */
    size_t superpages_orphaned;        /**< by nobody                                        */
    size_t superpages_pooled;          /**< empty, for whoever needs one                     */
    size_t superpages_listed;          /**< on the orphanage's stack, an owner found or not  */
    size_t heaps;                      /**< in use or idle                                   */
    size_t huge_blocks;                /**< live blocks with a mapping of their own          */
    size_t wide_blocks;                /**< live blocks of several whole slots               */
    size_t slabs[BITSLAB_CLASS_COUNT]; /**< slabs of each size class                         */
    size_t bins[BITSLAB_CLASS_COUNT];  /**< bins in them                                     */
    size_t bins_live;                  /**< bins that the program has                        */
    size_t bins_free;                  /**< bins in free maps                                */
    size_t bins_held;                  /**< bins in threads' caches                          */
    size_t bins_remote;                /**< bins freed by others, not yet collected          */
};

/**
 * @brief    Find out where every byte from the OS is, and check every invariant of every heap.
 * @param    out  filled in
 * @threads  one, while no other thread is inside the allocator
 * @progress wait-free; takes time in proportion to superpages times heaps
 * @source   book ch. 7
 */
BITSLAB_API void bitslab_survey(struct bitslab_survey *out);

/** Takes a piece of text; called several times. It must not allocate. */
typedef void bitslab_write(void *argument, const char *text, size_t length);

/** Told that a request of `size` bytes cannot be met. Returns non-zero to have malloc try again. */
typedef int bitslab_out_of_memory(size_t size);

/** Told the message about a misuse or a broken heap, before abort(). It must not allocate. */
typedef void bitslab_error(const char *message);

/**
 * @brief    Set an option, as BITSLAB_OPTIONS=name=value,... in the environment does at the start.
 * @param    name   one of those that bitslab_options_print() lists
 * @param    value  a number, a size such as 64K or 2G, a word, or the name of a file
 * @return   NULL; or what is wrong, as a text that stays valid, and then nothing has changed
 * @threads  any; for options that are names of files, one at a time
 * @progress wait-free
 * @source   book ch. 6
 */
BITSLAB_API const char *bitslab_option_set(const char *name, const char *value);

/**
 * @brief    Read an option's value, as text.
 * @param    name   of the option
 * @param    value  receives the text, cut to fit, with a zero byte behind it
 * @param    bytes  room there; 0: only the length is wanted
 * @return   bytes that the whole text takes, with its zero byte; 0: there is no such option
 * @threads  any
 * @progress wait-free
 * @source   book ch. 6
 */
BITSLAB_API size_t bitslab_option_get(const char *name, char *value, size_t bytes);

/**
 * @brief    Print all options, a line for each: its name, default, meaning, unit and range.
 * @param    write     called with each line
 * @param    argument  passed on to it
 * @threads  any
 * @progress wait-free
 * @source   book ch. 6
 */
BITSLAB_API void bitslab_options_print(bitslab_write *write, void *argument);

/**
 * @brief    Limit the memory that is mapped. A request that would need more is refused, after what
 *           the calling thread, the pool and the caches keep was given back; so it never is exceeded.
 *           Superpages stay mapped when they are empty and purged, and count.
 * @param    bytes  the most that bitslab_stats() may report as mapped_bytes; 0: no limit
 * @return   0; EINVAL if more than that is mapped already, and then the limit is as before
 * @threads  any
 * @progress wait-free
 * @source   book ch. 6
 */
BITSLAB_API int bitslab_set_limit(size_t bytes);

/**
 * @brief    Have a function called when a request cannot be met, before malloc returns NULL.
 * @param    callback  may free blocks and return non-zero: malloc tries again, and calls it again if
 *                     that fails, too; NULL: none
 * @return   the one before
 * @threads  any; it is called by whichever thread met the shortage
 * @progress wait-free
 * @source   C++ (std::set_new_handler)
 */
BITSLAB_API bitslab_out_of_memory *bitslab_on_out_of_memory(bitslab_out_of_memory *callback);

/**
 * @brief    Have a function called with the message when the allocator is about to end the process.
 * @param    callback  may write the message elsewhere, or leave by _exit or longjmp, after which the
 *                     allocator must not be used; NULL: none
 * @return   the one before
 * @threads  any; it is called by whichever thread met the error
 * @progress wait-free
 * @source   book ch. 6
 */
BITSLAB_API bitslab_error *bitslab_on_error(bitslab_error *callback);

enum bitslab_format { BITSLAB_TEXT, BITSLAB_JSON };

/**
 * @brief    Print statistics: where all mapped bytes are, and the bins of each size class. They are
 *           exact, and add up, if no other thread is inside the allocator; else a look in passing.
 * @param    format    for people or for programs
 * @param    write     called with pieces of the text
 * @param    argument  passed on to it
 * @threads  any, at any time; also from a signal handler, if write allows that
 * @progress wait-free; takes time in proportion to the superpages
 * @source   book ch. 6
 */
BITSLAB_API void bitslab_stats_print(enum bitslab_format format, bitslab_write *write,
                                     void *argument);

/**
 * @brief    Draw the heap as SVG: a row for each superpage, its slots coloured by size class, and
 *           how full each slab is.
 * @param    write     called with pieces of the picture
 * @param    argument  passed on to it
 * @threads  as bitslab_stats_print
 * @progress as bitslab_stats_print
 * @source   book ch. 6
 */
BITSLAB_API void bitslab_heap_picture(bitslab_write *write, void *argument);

/**
 * @brief    Write the heap profile so far, in the text format heap_v2 that pprof and jeprof read. There
 *           is one if the option profile was set; nothing is written if not.
 * @param    write     called with pieces of the text
 * @param    argument  passed on to it
 * @threads  any, at any time; also from a signal handler, if write allows that
 * @progress wait-free
 * @source   tcmalloc (the format); book ch. 6
 */
BITSLAB_API void bitslab_heap_profile(bitslab_write *write, void *argument);

/** Where a block is in its life. */
enum bitslab_state {
    BITSLAB_LIVE,   /**< the program has it                                               */
    BITSLAB_FREE,   /**< it can be handed out                                             */
    BITSLAB_CACHED, /**< it was freed, and waits in a thread's cache                      */
    BITSLAB_REMOTE  /**< another thread freed it, and its owner has not yet collected it  */
};

struct bitslab_block {
    void *address;
    size_t bytes;   /**< all of them                                             */
    int size_class; /**< 0 to BITSLAB_CLASS_COUNT - 1; -1: larger than all bins   */
    enum bitslab_state state;
};

/** Told of a block. Returns 0 to go on. It must not call the allocator. */
typedef int bitslab_visit(void *argument, const struct bitslab_block *block);

/**
 * @brief    Visit every block in the superpages that the calling thread owns. One that waits in
 *           another thread's cache looks live.
 * @param    visit     called for each block, free ones too
 * @param    argument  passed on to it
 * @return   0, or what visit returned to end the walk
 * @threads  any, at any time
 * @progress wait-free
 * @source   book ch. 7
 */
BITSLAB_API int bitslab_walk(bitslab_visit *visit, void *argument);

/**
 * @brief    Visit every block of the process: those of all threads, of none, and huge ones.
 * @param    visit     called for each block, free ones too
 * @param    argument  passed on to it
 * @return   0, or what visit returned to end the walk
 * @threads  one, while no other thread is inside the allocator
 * @progress wait-free
 * @source   book ch. 7
 */
BITSLAB_API int bitslab_walk_all(bitslab_visit *visit, void *argument);

#ifdef __cplusplus
}
#endif

#endif
