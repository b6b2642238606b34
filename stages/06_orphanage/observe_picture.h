/* observe_picture.h -- the parts of the heap's picture. Lengths are in SVG's units. */
#ifndef OBSERVE_PICTURE_H
#define OBSERVE_PICTURE_H

#include "observe.h"

#define LEFT 110 /* where slot 0 begins */
#define TOP 176  /* where the first row begins */
#define SLOT_WIDTH 34
#define GAP 2 /* between slots */
#define SLAB_HEIGHT 32
#define ROW_HEIGHT 38
#define LEVELS 4        /* how full a cell is: 0 empty, LEVELS full             */
#define GROUP_COUNT 14  /* colours: one for each doubling, one for wide blocks  */
#define ROWS_MAX 1000   /* superpages that are drawn                            */
#define CELLED_COUNT 64 /* of so many superpages the slabs are drawn in cells   */

/** The colour of a class: those whose bins are of about one size share one. */
unsigned picture_group(unsigned class);

/** One superpage, at height y. celled: whether its slabs are drawn in cells. */
void picture_row(struct out *out, struct superpage *superpage, size_t y, bool celled);

/** name="number" */
void picture_attribute(struct out *out, const char *name, size_t number);

/** The beginning of a text element, up to its text. */
void picture_text(struct out *out, size_t x, size_t y, const char *class);

/** A rectangle without its end: its class and what else it has. */
void picture_rectangle(struct out *out, size_t x, size_t y, size_t width, size_t height);

/** A size as people write it, such as 1.5 MiB. */
void out_bytes(struct out *out, size_t bytes);

#endif
