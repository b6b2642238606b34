/* main.c -- what else the fuzzer's program can do: tell an input's story, unpack the corpus.
 *
 * fuzz --story FILE            print the calls that an input stands for, and how it ends
 * fuzz --unpack LIST FOLDER    write each line of a list, an input in hexadecimal, to a file
 * fuzz --pack FOLDER/FILE...   print such a list
 * fuzz ...                     libFuzzer. FUZZ_THOROUGH=1: check everything after every step.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "run.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t input[1 << 16];

static size_t read_input(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    size_t size = fread(input, 1, sizeof input, file);
    fclose(file);
    return size;
}

static void tell(const char *path) {
    size_t size = read_input(path);
    run.story = run.thorough = true;
    LLVMFuzzerTestOneInput(input, size);
    printf("%zu steps, and nothing is wrong\n", run.steps_done);
}

static void pack(const char *path) {
    size_t size = read_input(path);
    for (size_t i = 0; i < size; i++) printf("%02x", input[i]);
    printf("\n");
}

static void unpack(const char *list, const char *folder) {
    char path[4096];
    unsigned byte, number = 0;
    int c = 0;
    FILE *in = fopen(list, "r");
    while (in != NULL && (c = fgetc(in)) != EOF) {
        ungetc(c, in);
        snprintf(path, sizeof path, "%s/%04u", folder, ++number);
        FILE *out = fopen(path, "wb");
        while (out != NULL && (c = fgetc(in)) != '\n' && c != EOF) {
            ungetc(c, in);
            if (fscanf(in, "%2x", &byte) != 1) break;
            fputc((int)byte, out);
        }
        if (out == NULL || fclose(out) != 0) break;
    }
    if (c == EOF) return;
    perror(path);
    exit(2);
}

/* After libFuzzer's figures, ours. */
static void print_calls(void) { fprintf(stderr, "stat::number_of_calls: %zu\n", run.calls_made); }

int LLVMFuzzerInitialize(int *count, char ***arguments) {
    char **words = *arguments;
    arena_reserve();
    run.thorough = getenv("FUZZ_THOROUGH") != NULL;
    if (*count >= 2 && strcmp(words[1], "--pack") == 0) {
        for (int i = 2; i < *count; i++) pack(words[i]);
        exit(0);
    }
    if (*count == 4 && strcmp(words[1], "--unpack") == 0) {
        unpack(words[2], words[3]);
        exit(0);
    }
    if (*count == 3 && strcmp(words[1], "--story") == 0) {
        tell(words[2]);
        exit(0);
    }
    atexit(print_calls);
    return 0;
}
