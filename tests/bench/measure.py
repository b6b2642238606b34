"""measure.py -- builds the workloads and the libraries, runs one workload once, reads its lines."""
import os
import subprocess

from contenders import BenchError

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
FLAGS = ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-fno-builtin", "-pthread"]
LIMIT_SECONDS = 120
SHARED = ("bench.c",)  # linked into every workload


def build_folder():
    return os.path.join(os.environ.get("BUILD") or os.path.join(TOP, "build"), "bench")


def stage_folder(number):
    for name in sorted(os.listdir(os.path.join(TOP, "stages"))):
        if name.startswith(f"0{number}_"):
            return name
    raise BenchError(f"there is no stage {number}")


def library(number):
    """The libbitslab.so of a stage, as `make stage` builds it."""
    done = subprocess.run([os.path.join(TOP, "tests/tools/build"), str(number)], cwd=TOP, check=False)
    if done.returncode:
        raise BenchError(f"stage {number} does not compile")
    return os.path.join(os.path.dirname(build_folder()), stage_folder(number), "libbitslab.so")


def newest(paths):
    return max(os.path.getmtime(path) for path in paths)


def programs(names):
    """Compiles the workload programs that are older than their sources."""
    folder = build_folder()
    os.makedirs(folder, exist_ok=True)
    headers = [os.path.join(HERE, name) for name in os.listdir(HERE) if name.endswith(".h")]
    for name in sorted(set(names)):
        sources = [os.path.join(HERE, part) for part in (f"{name}.c", *SHARED)]
        program = os.path.join(folder, name)
        if os.path.exists(program) and os.path.getmtime(program) > newest(sources + headers):
            continue
        command = [os.environ.get("CC") or "cc", *FLAGS, *sources, "-o", program, "-ldl"]
        if subprocess.run(command, check=False).returncode:
            raise BenchError(f"{name}.c does not compile")


def numbers(text):
    """The lines `name value` of a workload, and `curve NAME X Y`."""
    figures = {"curves": {}}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name == "malloc":
            figures["malloc"] = value
        elif name == "curve":
            curve, x, y = value.split()
            figures["curves"].setdefault(curve, []).append((float(x), float(y)))
        elif name:
            figures[name] = float(value)
    return figures


def served(figures, contender):
    """Whose malloc did the program call? It tells where the function lies that it is bound to."""
    where = figures.get("malloc", "nobody")
    if contender.path:
        return os.path.realpath(where) == contender.path
    return os.path.basename(where).startswith("libc")


def run(argv, contender, scale=None):
    """One run. A dictionary of figures, or a text that says why there are none."""
    environment = contender.environment()
    if scale:
        environment["BENCH_SCALE"] = str(scale)
    command = [os.path.join(build_folder(), argv[0]), *map(str, argv[1:])]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              timeout=LIMIT_SECONDS, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return f"took more than {LIMIT_SECONDS} s"
    if done.returncode:
        return f"status {done.returncode}: {done.stderr.strip()[-200:] or 'no message'}"
    figures = numbers(done.stdout)
    if not served(figures, contender):
        return f"was not preloaded: malloc is that of {figures.get('malloc')}"
    return figures
