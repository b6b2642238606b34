"""words.py -- objects of mixed sizes, strings, sorting, and threads that pass objects on.

Run with PYTHONMALLOC=malloc, so that each object is a block of its own.
"""

import concurrent.futures
import hashlib
import json
import os
import queue
import re
import sys
import threading
import zlib


class Random:
    """A generator whose numbers are the same everywhere."""

    def __init__(self, seed):
        self.seed = seed

    def below(self, n):
        self.seed = (self.seed * 1103515245 + 12345) % 2147483648
        return (self.seed >> 8) % n

    def word(self):
        return "".join(chr(97 + self.below(26)) for _ in range(2 + self.below(9)))


def checksum(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def dictionary(seed, words):
    random, count = Random(seed), {}
    for _ in range(words):
        word = random.word()
        count[word] = count.get(word, 0) + 1
    return sorted(count.items(), key=lambda item: (-item[1], item[0]))


def documents(seed, number):
    random = Random(seed)
    made = [
        {"id": i, "name": random.word() * random.below(20), "tags": [random.word()] * random.below(5)}
        for i in range(number)
    ]
    return json.loads(json.dumps(made))


def tree(depth):
    return (tree(depth - 1), tree(depth - 1)) if depth else ()


def leaves(node):
    return leaves(node[0]) + leaves(node[1]) if node else 1


def job(seed):
    """One task of a pool thread; returns objects that another thread will drop."""
    text = " ".join(word for word, _ in dictionary(seed, 3000))
    packed = zlib.compress(text.encode() * 5)  # releases the interpreter lock
    assert zlib.decompress(packed) == text.encode() * 5
    return seed, re.sub(r"[aeiou]+", "*", text), bytearray(packed)


def relay(hops, items):
    """Passes lists along a chain of threads; each grows what it gets (realloc) and passes it on."""
    links = [queue.Queue(100) for _ in range(hops + 1)]

    def hop(source, target):
        for block in iter(source.get, None):
            block.extend(range(len(block)))
            target.put(block)
        target.put(None)

    threads = [threading.Thread(target=hop, args=links[i : i + 2]) for i in range(hops)]
    feeder = threading.Thread(
        target=lambda: [links[0].put([i] * (1 + i % 40)) for i in range(items)] + [links[0].put(None)]
    )
    for thread in [*threads, feeder]:
        thread.start()
    total = [0, 0]
    for block in iter(links[-1].get, None):
        total = [total[0] + len(block), (total[1] * 31 + sum(block)) % 4294967291]
    for thread in [*threads, feeder]:
        thread.join()
    return total


def child():
    """A child process made by fork in a program that has threads."""
    source, target = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(target, checksum(dictionary(99, 2000)).encode())
        os._exit(0)
    os.close(target)
    answer = os.read(source, 100).decode()
    return answer, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# Python counts the blocks of its own allocator only; the interpreter must not be using it.
assert sys.getallocatedblocks() == 0, "PYTHONMALLOC=malloc had no effect"
print("dictionary", checksum(dictionary(1, 60000)))
print("documents", checksum(documents(2, 15000)))
print("trees", [sum(leaves(tree(depth)) for _ in range(2 ** (13 - depth))) for depth in (5, 9, 13)])
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print("pool", checksum(list(pool.map(job, range(40)))))
for _ in range(20):  # threads that live only briefly
    brief = [threading.Thread(target=documents, args=(i, 30)) for i in range(8)]
    for thread in brief:
        thread.start()
    for thread in brief:
        thread.join()
print("relay", relay(4, 4000))
print("child", child())
arrays = [bytearray(1 << n) for n in range(8, 24)]
for array in arrays:
    array.extend(array)
print("arrays", sum(map(len, arrays)), any(map(any, arrays[:10])))
