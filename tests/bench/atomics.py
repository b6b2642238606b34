"""atomics.py -- how many atomic operations does a free from another thread take?

No clock: callgrind counts how often each instruction of libbitslab.so is executed, objdump tells
which of them lock the bus. Threads take turns under it, so this is the count without retries.
All locked instructions of the whole run are counted, the owner's as well, against all frees.
"""
import os
import re
import shutil
import subprocess

import measure

LIMIT_SECONDS = 200
BAR = 1 / 16


def locked(library):
    """The addresses of all instructions with a lock; xchg with memory has one by itself."""
    listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", library], check=True,
                             capture_output=True, text=True).stdout
    found = re.findall(r"^\s*([0-9a-f]+):\t(lock |xchg .*\()", listing, re.MULTILINE)
    return {int(address, 16) for address, _ in found}


def counts(lines, library):
    """From callgrind's file: address in the library -> how often. Addresses are relative to the
    line before; the line after `calls=` tells what the callee cost, which is counted there."""
    names, executed = {}, {}
    address, inside, callee = 0, False, False
    for line in lines:
        word = line.split(" ", 1)[0]
        if line.startswith("ob="):
            number, _, name = line[3:].strip().partition(" ")
            names.setdefault(number, name)
            inside = names[number] == library
        elif line.startswith("calls="):
            callee = True
        elif word[:1] in "+-*0" and word.strip():
            if word.startswith("0x"):
                address = int(word, 16)
            elif word[0] in "+-":
                address += int(word)
            if inside and not callee:
                executed[address] = executed.get(address, 0) + int(line.split()[2])
            callee = False
        elif line.startswith("cob="):
            number, _, name = line[4:].strip().partition(" ")
            if name:
                names[number] = name
    return executed


def measured(library, pattern, bytes_):
    """Locked instructions per free, four threads freeing in the slabs of a fifth."""
    output = os.path.join(measure.build_folder(), "callgrind.out")
    program = os.path.join(measure.build_folder(), "contended")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes",
                           f"--callgrind-out-file={output}", program, "4", str(bytes_), "16K",
                           pattern, "4"], env={**os.environ, "LD_PRELOAD": library},
                          capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    if done.returncode:
        raise measure.BenchError(f"valgrind: {done.stderr.strip()[-300:]}")
    with open(output, encoding="utf-8") as file:
        executed = counts(file, library)
    frees = measure.numbers(done.stdout)["ops"]
    return sum(executed.get(address, 0) for address in locked(library)) / frees


def entry(work, library):
    """In the form of what is timed; there is nobody to compare with but the bar."""
    for tool in ("valgrind", "objdump"):
        if not shutil.which(tool):
            raise measure.BenchError(f"{tool} is not installed. Type: make setup")
    return {"name": work.name, "group": work.group, "argv": work.argv, "failures": {},
            "contenders": {}, "time": against_bar(measured(os.path.realpath(library), *work.argv[1:]))}


def against_bar(per_free):
    return {"ratio": per_free, "bar": BAR, "doubt": 0,
            "verdict": "met" if per_free <= BAR else "MISSED"}
