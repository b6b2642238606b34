/* client.c -- prints options as the library sees them, and whether 100 MB can be had. */
#include <stdio.h>
#include <stdlib.h>

extern size_t bitslab_option_get(const char *name, char *value, size_t bytes);

int main(void) {
    static const char *const names[] = {"limit", "thp", "profile_rate"};
    char value[600];
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        bitslab_option_get(names[i], value, sizeof value);
        printf("%s=%s\n", names[i], value);
    }
    void *block = malloc(100 * 1000 * 1000);
    printf("malloc=%s\n", block == NULL ? "null" : "block");
    free(block);
    return 0;
}
