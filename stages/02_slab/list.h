/* list.h -- circular doubly linked lists whose links live inside the members.
 *
 * A list is a struct list that is no member's; an empty one points to itself. One thread at a
 * time: each list belongs to one heap.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next;
    struct list *prev;
};

/** The struct that holds a link as its member. */
#define container_of(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

static inline void list_init(struct list *list) { list->next = list->prev = list; }
static inline bool list_empty(const struct list *list) { return list->next == list; }

static inline void list_insert(struct list *after, struct list *link) {
    link->next = after->next;
    link->prev = after;
    after->next->prev = link;
    after->next = link;
}

static inline void list_push_front(struct list *list, struct list *link) {
    list_insert(list, link);
}

static inline void list_push_back(struct list *list, struct list *link) {
    list_insert(list->prev, link);
}

static inline void list_remove(struct list *link) {
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

#endif
