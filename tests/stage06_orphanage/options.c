/* options.c -- setting and reading options by name. tests/observe/options.sh tries the environment. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "bitslab.h"

static const char *get(const char *name) {
    static char value[600];
    return bitslab_option_get(name, value, sizeof value) != 0 ? value : NULL;
}

static void refused(const char *name, const char *value, const char *because) {
    char before[600];
    bitslab_option_get(name, before, sizeof before);
    const char *wrong = bitslab_option_set(name, value);
    cr_assert_not_null(wrong, "%s=%s must be refused", name, value);
    cr_assert_str_eq(wrong, because);
    if (get(name) != NULL) cr_assert_str_eq(get(name), before, "nothing may change");
}

static void taken(const char *name, const char *value, const char *as) {
    const char *wrong = bitslab_option_set(name, value);
    cr_assert_null(wrong, "%s=%s: %s", name, value, wrong);
    cr_assert_str_eq(get(name), as);
}

Test(stage06_orphanage, options_are_set_and_read_by_name) {
    taken("profile_rate", "4096", "4K");
    taken("profile_rate", "1000", "1000");
    taken("profile_rate", "1g", "1G");
    taken("profile_rate", "64KiB", "64K");
    taken("profile_rate", "3MB", "3M");
    taken("limit", "2G", "2G");
    taken("limit", "0", "0");
    taken("thp", "never", "never");
    taken("thp", "system", "system");
    taken("purge_delay_ms", "100", "100");
    taken("purge_delay_ms", "0", "0");
    taken("stats_format", "json", "json");
}

Test(stage06_orphanage, bad_options_are_refused_with_a_reason) {
    bitslab_free(bitslab_malloc(1)); /* now memory is in use */
    refused("colour", "red", "there is no such option");
    refused("", "1", "there is no such option");
    refused("limi", "1", "there is no such option");
    refused("limit", "", "it has no value");
    refused("limit", "-1", "negative");
    refused("limit", "1", "less than what is in use");
    refused("limit", "99999999999999999999999", "too large");
    refused("limit", "18446744073709551615", "too large");
    refused("limit", "20000000000G", "too large");
    refused("limit", "4X", "not a number");
    refused("limit", "4KK", "not a number");
    refused("limit", "4iB", "not a number");
    refused("limit", "K", "not a number");
    refused("limit", "0x10", "not a number");
    refused("limit", " 5", "not a number");
    refused("profile_rate", "0", "too small");
    refused("thp", "sometimes", "not one of its values");
    refused("thp", "neve", "not one of its values");
    refused("verbose", "2", "too large");
    refused("signal", "9K", "not a number");
    refused("purge_delay_ms", "-1", "negative");
    refused("purge_delay_ms", "3600001", "too large");
}

Test(stage06_orphanage, an_options_value_is_cut_to_fit) {
    char value[4] = "xxx";
    cr_assert_eq(bitslab_option_get("thp", NULL, 0), sizeof "lean");
    cr_assert_eq(bitslab_option_get("thp", value, 3), sizeof "lean");
    cr_assert_str_eq(value, "le");
    cr_assert_eq(bitslab_option_get("colour", value, 3), 0);
}

static unsigned lines;

static void count_line(void *argument, const char *text, size_t length) {
    cr_assert_eq(argument, &lines);
    cr_assert_eq(text[length - 1], '\n');
    char name[40];
    size_t end = strcspn(text, "=");
    cr_assert_lt(end, sizeof name);
    memcpy(name, text, end);
    name[end] = '\0';
    cr_assert_not_null(get(name), "%s is printed and cannot be read", name);
    lines++;
}

Test(stage06_orphanage, the_table_of_options_lists_each_of_them) {
    bitslab_options_print(count_line, &lines);
    cr_assert_geq(lines, 10);
}
