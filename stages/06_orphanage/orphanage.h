/* orphanage.h -- superpages change hands.
 *
 * Problem   Memory must outlive the thread that fetched it, and must not be stranded when its
 *           owner ends, or sleeps for ever.
 * Idea      A superpage may have no owner; then anybody may claim it by one compare-and-swap.
 * Ended     A thread that ends lets go of its superpages. Those with room are pushed on the
 *           orphanage, a lock-free stack, where threads in need of memory look.
 * Idle      An owner that has handed out the last bin of a superpage has no use for it, and may
 *           never allocate again, so it lets go of it. If its thread was seen to get back what
 *           strangers free, it keeps the last two: bins come back to it word by word then, not
 *           when all of a superpage is free. Of those in which a few slots are left it keeps two,
 *           too; older ones go to the orphanage when it fetches another.
 * Mistakes  A thread that frees into a superpage that it let go of has to take it back, and would
 *           let go of it again at once. For each such mistake it keeps one more from then on.
 * Freed     Whoever frees a bin in a superpage without an owner claims it, the old owner too: what
 *           is freed is at hand where it will be allocated next. A thread that has not asked for
 *           anything yet keeps none of it: no bin in a magazine, no empty slab or superpage.
 * I8        A superpage's owner is a heap, the pool (it is empty, then), or nobody. If nobody, then
 *           it is on the stack, or every bin is out and no notice is set, or the thread that set
 *           the notice is about to try to claim it.
 * Stack     A superpage that is claimed by a freer stays on the stack; whoever pops it finds that
 *           it has an owner and leaves it alone. on_orphanage says that it need not be pushed.
 *           A freer without a heap, and without memory for one, puts it there unclaimed.
 * Dekker    Owner: store nobody, then look at the notice. Freer: set the notice, then look at the
 *           owner. All four are seq_cst, so at least one of them sees the other [ID-1].
 * Progress  lock-free. A thread that is frozen or killed keeps what it owns and stops nobody.
 * Source    Berger 2000 sec. 3 (empty superblocks move); Michael 2004 sec. 3 (partial superblocks);
 *           Schneider 2006 (orphans); Treiber 1986 (the stack).
 */
#ifndef ORPHANAGE_H
#define ORPHANAGE_H

#include "heap.h"

/** The heap's thread leaves: everything that the heap owns is passed on. */
void heap_abandon(struct heap *heap);

/** Let go of old superpages in which only slots are free, if the heap has many: its thread may fall
 *  asleep. */
void heap_shed(struct heap *heap);

/** Pop an orphan with room and make it the heap's. False: there is none. */
bool orphanage_adopt(struct heap *heap);

/** The heap has handed out all of a superpage: keep it, and let go of another one of which it did so
 *  some time ago; or of this one, if it keeps none. */
void superpage_spent(struct heap *heap, struct superpage *superpage);

/** Let go of a superpage all of which is handed out. */
void superpage_give_up(struct heap *heap, struct superpage *superpage);

/** Claim a superpage into which the heap's thread frees. If it was the heap's before, that was a
 *  mistake, and the heap will keep one more. */
bool superpage_take_back(struct heap *heap, struct superpage *superpage);

/** Try to make a superpage without an owner the heap's, with all remote frees in it. */
bool superpage_claim(struct heap *heap, struct superpage *superpage);

/** Claim a superpage that has no owner, for this thread's heap if it has one already. */
void superpage_rescue(struct heap *heap, struct superpage *superpage);

/** Superpages on the orphanage's stack, whether or not they have found an owner. One that does not
 *  know that it is there, or is there twice, ends in a message. Only while no other thread is inside
 *  the allocator. */
size_t orphanage_count(void);

#endif
