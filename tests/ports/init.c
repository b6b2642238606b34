/* init.c -- the only process of a kernel that is booted for a test.
 *
 * The kernel hands unknown words of its command line over as environment: thp and overcommit say how
 * the kernel treats memory. Then the programs of /run are run, and the machine is switched off.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Write a setting of the kernel, and tell what it is then. */
static void set(const char *path, const char *value) {
    char text[100] = "";
    int file = open(path, O_RDWR);
    if (value != NULL && (file < 0 || write(file, value, strlen(value)) < 0)) perror(path);
    if (file >= 0 && pread(file, text, sizeof text - 1, 0) > 0)
        printf("init: %s is %s", path, text);
    if (file >= 0) close(file);
}

static void run(const char *name) {
    int status = 0;
    printf("init: begins %s\n", name);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl(name, name, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    printf("init: ended %s %d\n", name, status);
    fflush(stdout);
}

int main(void) {
    struct dirent **names;
    mkdir("/proc", 0755), mkdir("/sys", 0755), mkdir("/tmp", 01777);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sys", "/sys", "sysfs", 0, NULL);
    mount("tmp", "/tmp", "tmpfs", 0, NULL);
    printf("\ninit: pages of %ld bytes\n", sysconf(_SC_PAGESIZE));
    set("/sys/kernel/mm/transparent_hugepage/enabled", getenv("thp"));
    if (getenv("overcommit") != NULL) {
        set("/proc/sys/vm/overcommit_ratio", "90");
        set("/proc/sys/vm/overcommit_memory", getenv("overcommit"));
    }
    int count = chdir("/run") == 0 ? scandir(".", &names, NULL, alphasort) : -1;
    for (int i = 0; i < count; i++)
        if (names[i]->d_name[0] != '.') run(names[i]->d_name);
    printf("init: all done\n");
    fflush(stdout);
    reboot(RB_POWER_OFF);
    return 1;
}
