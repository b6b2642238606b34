"""catalogue_large.py -- the workloads with threads, and those that are about more than a mean."""
from work import View, Work, size


def threads():
    for t in (1, 2, 4):
        yield Work(f"larson/{t}T", ["larson", t, 1000, 10, 500, 20, 800000 // t], threads=t)
    for t in (1, 2, 4):
        for bytes_ in (16, 64, 512, 8192):
            for order in ("inorder", "shuffled"):
                rounds = 12000 if bytes_ < 1024 else 4000
                yield Work(f"prodcons/{size(bytes_)}/{order}/{t}T",
                           ["prodcons", t - 1, bytes_, order, rounds], 0.9, threads=t)
    for t in (1, 2, 4):
        yield Work(f"ring/{t}T", ["ring", t, 16, 480, 24000 // t], 0.9, threads=t)
    for t in (1, 2, 4):
        yield Work(f"xmalloc/{t}T", ["xmalloc", t, 16, 1024, 60000 // t], threads=t)
    for t in (1, 2, 4):
        yield Work(f"churn/{t}T", ["churn", t, 400, 3000 // t], threads=t)
    for kind in ("active", "passive"):
        for t in (1, 2, 4):
            yield Work(f"sharing/{kind}/{t}T", ["sharing", kind, t, 8, 1000, 60000 // t],
                       metric="wall", threads=t)
    for pattern in ("comb", "parts"):
        for t in (1, 2, 4):
            yield Work(f"contended/{pattern}/{t}T", ["contended", t, 64, "64K", pattern, 100],
                       threads=t)


def whole_programs():
    for name in ("python", "lua", "perl", "sqlite", "cc", "cxx", "git", "redis"):
        yield Work(f"programs/{name}", ["program", name])


def latency():
    views = tuple(View(f"/{call}", f"{call}_p9999_ns", call, "one call of so many takes longer",
                       f"ns of a single call of {call}", 0.5, memory=False)
                  for call in ("malloc", "free"))
    for name, argv in (("replace/L2", ["replace", 1, 2000, 16, 512, "6M"]),
                       ("replace/DRAM", ["replace", 1, "512K", 16, 512, "2M"]),
                       ("replace/2T", ["replace", 2, 4000, 16, 512, "6M"]),
                       ("replace/4T", ["replace", 4, 4000, 16, 512, "6M"]),
                       ("batch/64B/10k", ["batch", 64, 10000, 200]),
                       ("batch/64B/1M", ["batch", 64, 1000000, 2])):
        yield Work(f"latency/{name}", ["latency", *argv], 0.5, views=views)


def scale(free_mib):
    """The heap grows to 8 GiB, or to what a third of the free memory can hold."""
    most = 8192
    while most > max(free_mib // 3, 1):
        most //= 2

    def views(across):
        return (View("/time", curve="time", across=across, memory=False),
                View("/memory", "overhead", "memory", across, "memory in use / memory asked for",
                     1.05, memory=False, lean=True))
    yield Work("scale/heap", ["scale", "heap", most, 16, 512, "300K"],
               views=views("bytes of the heap"))
    yield Work("scale/threads", ["scale", "threads", 256, 200, "2M"], views=views("threads"))


def waste():
    yield Work("waste/sizes", ["waste", 4096], 1.05, heavy_mib=3000,
               views=(View("", "overhead", "memory", "bytes of a block",
                           "memory in use / memory asked for", memory=False, lean=True),))


def limit():
    """The distance to what is possible: stage 1 only moves a pointer, and its free does nothing."""
    for kind in ("pingpong", "linear"):
        for bytes_ in (16, 64):
            yield Work(f"limit/{kind}/{bytes_}B", ["limit", kind, bytes_, "4M"], 1.5,
                       against="stage1", views=(View(memory=False),))


def atomics():
    """Counted, not timed: atomics.py."""
    for pattern in ("comb", "parts"):
        for bytes_ in (64, 512):
            yield Work(f"atomics/{pattern}/{bytes_}B", ["atomics", pattern, bytes_])
