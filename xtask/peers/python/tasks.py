"""CPython's twins of the runners' tasks: the same parameters, the same values, the same digests.

`python3 tasks.py KIND [NAME=VALUE]…` runs one and prints its value and digest. Without arguments, it runs a task for
every line of its standard input, `{"kind": …, "index": 0, "params": {…}}`, and answers each with a line
`{"value": …, "digest": …}`. As a module, `run(kind, params, index)` does the same for programs of one's own; it can be
handed to any executor, since it is a plain function of the module.
"""

import hashlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections import Counter

MASK = (1 << 64) - 1
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def size(text):
    number, unit = re.fullmatch(r"([0-9.]+) *([KMGT]?)(?:iB|B)?", str(text), re.IGNORECASE).groups()
    return round(float(number) * UNITS[unit.upper()])


def flag(text):
    return text in (True, "true")


def block():
    return bytes(((place * 167) ^ (place >> 8)) & 255 for place in range(64 << 10))


BLOCK = block()


def pieces(file, size):
    """What a task reads: a file in pieces, or so many bytes that are made up."""
    if file:
        with open(file, "rb") as source:
            while piece := source.read(64 << 10):
                yield piece
        return
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


def numbers(state):
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        yield state >> 33


def worker(index, out, secs=2.0, lang="ko"):
    started, done = ("started", "done") if lang == "en" else ("시작", "완료")
    for word, pause in ((started, float(secs)), (done, 0)):
        # In one piece: `print` writes the end of the line by itself, and other threads may come between.
        out.write(f"Worker {index} {word}\n")
        out.flush()
        time.sleep(pause)
    return index


def square(_, __, n, secs=1.0):
    time.sleep(float(secs))
    return int(n) ** 2


def noop(_, __, **___):
    return 0


def sleep(_, __, ms):
    time.sleep(int(ms) / 1000)
    return int(ms)


def spin(_, __, us, stubborn=False):
    end = time.thread_time_ns() + int(us) * 1000
    state = int(us) | 1
    while time.thread_time_ns() < end:
        for _ in range(10):
            state = (state * 0x2545F4914F6CDD1D) & MASK
    return int(us)


def primes(_, __, limit):
    limit = int(limit)
    count = int(limit >= 2)
    for candidate in range(3, limit + 1, 2):
        divisor = 3
        while divisor * divisor <= candidate:
            if candidate % divisor == 0:
                break
            divisor += 2
        else:
            count += 1
    return count


def mandelbrot(_, __, row, w=800, h=600, iters=1000):
    row, w, h, iters = int(row), int(w), max(int(h), 1), int(iters)
    y = float(row) * 2.0 / float(h) - 1.0
    checksum = 0
    for column in range(w):
        x = float(column) * 3.5 / float(w) - 2.5
        real = imaginary = 0.0
        steps = 0
        while real * real + imaginary * imaginary <= 4.0 and steps < iters:
            real, imaginary = real * real - imaginary * imaginary + x, 2.0 * real * imaginary + y
            steps += 1
        checksum = (checksum * 31 + steps) & MASK
    return checksum


def sha256(_, __, file="", size="1MiB"):
    hasher = hashlib.sha256()
    for piece in pieces(file, SIZE(size)):
        hasher.update(piece)
    return hasher.hexdigest()


def document(size):
    parts, length, number = ["["], 1, 0
    while number == 0 or length < size:
        comma = "" if number == 0 else ","
        on = "true" if number % 2 == 0 else "false"
        part = (
            f'{comma}{{"id":{number},"name":"item-{number}","tags":["t{number % 7}","t{number % 11}"],'
            f'"on":{on},"price":{number // 4}.25}}'
        )
        parts.append(part)
        length += len(part)
        number += 1
    return "".join(parts) + "]"


def nodes(value):
    if isinstance(value, list):
        return 1 + sum(map(nodes, value))
    if isinstance(value, dict):
        return 1 + sum(map(nodes, value.values()))
    return 1


def json_nodes(_, __, file="", size="1MiB"):
    text = b"".join(pieces(file, 0)) if file else document(SIZE(size))
    return nodes(json.loads(text))


def text(size):
    lines, length, source = [], 0, numbers(1)
    while length < size:
        words = [next(source) % 1000 for _ in range(12)]
        line = " ".join(f"w{number * number // 1000}" for number in words) + "\n"
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()


WORD = re.compile(rb"[0-9A-Za-z_\x80-\xff]{1,4096}")


def wordcount(_, __, file="", size="1MiB", top=10):
    whole = b"".join(pieces(file, 0)) if file else text(SIZE(size))
    # Of bytes, `lower` changes those of ASCII alone.
    counts = Counter(WORD.findall(whole.lower()))
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return {word.decode(errors="replace"): count for word, count in rows[: int(top) or None]}


def read(_, __, file="", size="1MiB", cold=False):
    hasher, length = hashlib.sha256(), 0
    if file and flag(cold):
        with open(file, "rb") as source:
            os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    for piece in pieces(file, SIZE(size)):
        hasher.update(piece)
        length += len(piece)
    return f"{length} {hasher.hexdigest()}"


def http_get(_, __, url, timeout="30", strict="false"):
    try:
        with urllib.request.urlopen(url, timeout=float(timeout)) as answer:
            return f"{answer.status} {len(answer.read())}"
    except urllib.error.HTTPError as error:
        if strict == "true":
            raise
        return f"{error.code} {len(error.read())}"


SIZE = size
TASKS = {
    "worker": worker,
    "square": square,
    "noop": noop,
    "sleep": sleep,
    "spin": spin,
    "primes": primes,
    "mandelbrot": mandelbrot,
    "sha256": sha256,
    "json": json_nodes,
    "wordcount": wordcount,
    "read": read,
    "http-get": http_get,
}


def shown(value):
    """The value as a runner's list shows it."""
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def digest(value):
    """FNV-1a, 64 bits, over the value as it is shown."""
    state = 0xCBF29CE484222325
    for byte in shown(value).encode():
        state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def run(kind, params, index=0, out=None):
    return TASKS[kind](index, out or sys.stderr, **params)


def main():
    if len(sys.argv) > 1:
        params = dict(setting.split("=", 1) for setting in sys.argv[2:])
        value = run(sys.argv[1], params)
        print(shown(value), f"{digest(value):016x}")
        return
    for line in sys.stdin:
        call = json.loads(line)
        value = run(call["kind"], call["params"], call.get("index", 0))
        print(json.dumps({"value": shown(value), "digest": f"{digest(value):016x}"}), flush=True)


if __name__ == "__main__":
    main()
