"""programs.py -- whole programs that we did not write, timed: their own work, on another malloc.

Inputs are those of tests/programs. CPU time and peak memory are the kernel's account of the program
and of those that it started; of redis, the server's, while redis-benchmark has the C library's.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

import measure

INPUT = os.path.join(measure.TOP, "tests/programs/input")
STAGE = os.path.join(measure.TOP, "stages/06_orphanage")
SETTINGS = {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C", "TZ": "UTC"}
LIMIT_SECONDS = 120
OPS = 10 ** 6  # as many as make nanoseconds per operation milliseconds per run


def sources():
    return [os.path.join(STAGE, name) for name in sorted(os.listdir(STAGE))
            if name.endswith(".c") and (not name.startswith("os_") or name == "os_linux.c")
            and not name.endswith("_windows.c")
            and not name.startswith(("override_darwin", "override_openbsd"))]


def commands():
    """name: (the programs that must have the library, the command)"""
    cc, cxx = os.environ.get("CC") or "cc", "c++"
    return {
        "python": ([sys.executable], [sys.executable, "-X", "utf8", f"{INPUT}/words.py"]),
        "lua": (["lua5.4"], ["lua5.4", f"{INPUT}/words.lua"]),
        "perl": (["perl"], ["perl", f"{INPUT}/words.pl"]),
        "sqlite": (["sqlite3"], ["sqlite3", "-bail", "-init", "/dev/null", ":memory:",
                                 "PRAGMA threads=0", f".read '{INPUT}/words.sql'"]),
        "cc": ([cc], [cc, "-std=c11", "-D_GNU_SOURCE", "-O2", "-g", "-fPIC", "-c", *sources()]),
        "cxx": ([cxx], [cxx, "-O1", "-c", f"{INPUT}/words.cpp", "-o", "words.o"]),
        "git": (["git"], ["git", "-C", measure.TOP, "--no-pager", "log", "--all", "-p", "-M",
                          "--stat"]),
        "redis": (["redis-server"], ["redis-server", "--port", "0", "--unixsocket", "redis.sock",
                                     "--save", "", "--appendonly", "no"]),
    }


def preloads(program, contender):
    """Would the loader give this program the contender's library?"""
    path = shutil.which(program)
    listed = subprocess.run([path], env={**contender.environment(), "LD_TRACE_LOADED_OBJECTS": "1"},
                            capture_output=True, text=True, check=False).stdout
    return any(os.path.realpath(word) == contender.path
               for word in listed.split() if word.startswith("/"))


def load_redis(folder):
    """The load of tests/programs/redis-server.sh, then the order to stop."""
    client = ["redis-cli", "-s", "redis.sock"]
    for _ in range(100):
        if subprocess.run(client + ["ping"], cwd=folder, capture_output=True,
                          check=False).returncode == 0:
            break
        time.sleep(0.05)
    load = ["redis-benchmark", "-s", "redis.sock", "-q", "--csv"]
    for more in (["-n", "30000", "-r", "20000", "-d", "200", "-c", "20", "-P", "8", "-t",
                  "set,get,incr,lpush,rpush,lpop,sadd,hset,spop,zadd,zpopmin,lrange_100,mset"],
                 ["-n", "3000", "-r", "500", "-d", "40000", "-c", "20", "-t", "set,get"]):
        subprocess.run(load + more, cwd=folder, capture_output=True, check=False,
                       timeout=LIMIT_SECONDS)
    subprocess.run(client + ["shutdown", "nosave"], cwd=folder, capture_output=True, check=False)


def run(name, contender):
    """One run: figures, or a text that says why there are none."""
    checked, command = commands()[name]
    for program in [*checked, *(["redis-cli", "redis-benchmark"] if name == "redis" else [])]:
        if not shutil.which(program):
            return f"{program} is not installed; make setup installs it"
    if contender.path and not all(preloads(program, contender) for program in checked):
        return f"{checked[0]} does not load {contender.path}"
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic_ns()
        child = subprocess.Popen(command, env={**contender.environment(), **SETTINGS}, cwd=folder,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        if name == "redis":
            load_redis(folder)
        status, usage = wait(child)
        wall = time.monotonic_ns() - start
    if status:
        return f"ended with status {status}"
    return {"wall_ns": wall, "cpu_ns": (usage.ru_utime + usage.ru_stime) * 1e9, "ops": OPS,
            "rss_kib": usage.ru_maxrss, "faults": usage.ru_minflt + usage.ru_majflt, "curves": {}}


def wait(child):
    """The exit status and the kernel's account; a child that takes too long is ended."""
    until = time.monotonic() + LIMIT_SECONDS
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)  # so that Popen waits no more
            return child.returncode, usage
        if time.monotonic() > until:
            child.kill()
        time.sleep(0.002)
