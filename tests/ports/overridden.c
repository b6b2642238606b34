/* overridden.c -- compiled with -include bitslab_override.h: is every block bitslab's? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pointer that is not ours would end the program, with a message. */
static void *ours(void *block, size_t size) {
    if (block == NULL || bitslab_usable_size(block) < size) abort();
    return block;
}

int main(void) {
    char *text = ours(strdup("a text"), 7), *part = ours(strndup("a text", 3), 4);
    if (strcmp(text, "a text") != 0 || strcmp(part, "a t") != 0) return 1;
    free(part);
    text = ours(realloc(text, 100000), 100000);
    if (strcmp(text, "a text") != 0) return 1;
    free(text);
    int *numbers = ours(calloc(100, sizeof *numbers), 400);
    for (int i = 0; i < 100; i++)
        if (numbers[i] != 0) return 1;
    free(numbers);
    puts("malloc overridden");
    return 0;
}
