"""CPython's executors as arms of `cargo xtask bench`; the twin of the Rust arms beside it.

`python3 contender.py ARM ROW [--pinned]` says `ready`, and then measures once for every line `round ms=… scale=…` that
comes on its standard input, and answers `ok NAME=NUMBER …` or `fail WHY`. Times are in nanoseconds.
"""

import collections
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

WORKERS = 2


def next_number(number):
    return number + 1


def echo(data):
    return data


def where(_):
    return os.getpid()


def hold(gate):
    """Says that it runs, and holds its worker until it is let go."""
    arrivals, way_out = gate
    with open(arrivals, "wb", buffering=0) as line:
        line.write(os.getpid().to_bytes(4, "little"))
    with open(way_out, "rb", buffering=0) as line:
        line.read(1)


class Gate:
    """Two pipes that jobs open by their names under /proc, in whichever process they run."""

    def __init__(self):
        self.arrivals, self.arrive = os.pipe()
        self.way_out, self.exit = os.pipe()
        own = f"/proc/{os.getpid()}/fd/"
        self.name = (own + str(self.arrive), own + str(self.way_out))

    def next(self):
        return int.from_bytes(os.read(self.arrivals, 4), "little")

    def open(self):
        # Workers that were forked meanwhile have its end open as well: it would not come.
        os.write(self.exit, bytes(WORKERS))
        for number in (self.exit, self.arrive, self.arrivals, self.way_out):
            os.close(number)


class Futures:
    """An executor of `concurrent.futures`."""

    queue = 2_000

    def __init__(self, executor):
        self.executor = executor

    def submit(self, task, value):
        return self.executor.submit(task, value)

    def join(self, future):
        return future.result()

    def map(self, task, values):
        return self.executor.map(task, values, chunksize=1000)

    def close(self):
        self.executor.shutdown()


class Pool:
    """`multiprocessing.Pool`."""

    queue = 2_000

    def __init__(self, workers):
        self.pool = multiprocessing.Pool(workers)

    def submit(self, task, value):
        return self.pool.apply_async(task, (value,))

    def join(self, result):
        return result.get()

    def map(self, task, values):
        return self.pool.imap(task, values, chunksize=1000)

    def close(self):
        self.pool.terminate()
        self.pool.join()


def start(arm, workers):
    if arm == "py-threads":
        return Futures(ThreadPoolExecutor(workers))
    if arm == "py-processes":
        return Futures(ProcessPoolExecutor(workers))
    if arm == "py-forkserver":
        context = multiprocessing.get_context("forkserver")
        return Futures(ProcessPoolExecutor(workers, mp_context=context))
    if arm == "py-pool":
        return Pool(workers)
    raise Skip(f"there is no arm {arm}")


class Skip(Exception):
    """The arm does not do that row."""


def each(pool, count):
    handles = [pool.submit(next_number, number) for number in range(count)]
    return sum(pool.join(handle) for handle in handles)


def crew(pool, workers):
    """The workers' process ids: a job for each is under way until each has answered one."""
    under_way = collections.deque(pool.submit(where, None) for _ in range(workers))
    seen = set()
    while len(seen) < workers:
        seen.add(pool.join(under_way.popleft()))
        under_way.append(pool.submit(where, None))
    for handle in under_way:
        pool.join(handle)
    return seen


def quantile(values, share):
    return sorted(values)[round((len(values) - 1) * share)]


def repeated(budget, once, fewest=5):
    begin = time.perf_counter_ns()
    values = []
    while time.perf_counter_ns() - begin < budget or len(values) < fewest:
        values.append(once())
    return values


def timed(operation):
    begin = time.perf_counter_ns()
    operation()
    return time.perf_counter_ns() - begin


def latency(arm):
    pool = start(arm, WORKERS)
    one = lambda: pool.join(pool.submit(next_number, 1))
    for _ in range(100):
        one()

    def round_(budget, _):
        times = repeated(budget, lambda: timed(one))
        return {"latency": quantile(times, 0.5), "p99": quantile(times, 0.99)}

    return round_


def singly(arm):
    pool = start(arm, WORKERS)
    each(pool, 200)

    def round_(budget, _):
        begin, count = time.perf_counter_ns(), 0
        while time.perf_counter_ns() - begin < budget:
            assert each(pool, pool.queue) == pool.queue * (pool.queue + 1) // 2
            count += pool.queue
        return {"rate": count * 1e9 / (time.perf_counter_ns() - begin)}

    return round_


def mapping(arm):
    pool = start(arm, WORKERS)
    each(pool, 200)

    def round_(_, scale):
        # A tenth of what the others do: a rate needs no more.
        count = int(1e6 * scale)
        begin = time.perf_counter_ns()
        assert sum(pool.map(next_number, range(count))) == count * (count + 1) // 2
        return {"rate": count * 1e9 / (time.perf_counter_ns() - begin)}

    return round_


def echoing(arm):
    pool = start(arm, WORKERS)
    data = b"\7" * 10_000_000

    def once():
        assert len(pool.join(pool.submit(echo, data))) == len(data)

    once()
    
    def round_(budget, scale):
        times = repeated(budget, lambda: timed(once), fewest=1 if scale < 1 else 5)
        return {"echo": statistics.median(times)}

    return round_


def starting(arm, ballast):
    ballast = bytearray(b"\1") * ballast

    def once():
        begin = time.perf_counter_ns()
        pool = start(arm, 4)
        crew(pool, 4)
        elapsed = time.perf_counter_ns() - begin
        pool.close()
        return elapsed

    def round_(budget, _):
        assert ballast is not None
        return {"start": statistics.median(repeated(budget, once, fewest=1))}

    return round_


def death(arm):
    def once():
        pool = start(arm, 1)
        gate = Gate()
        handle = pool.submit(hold, gate.name)
        victim = gate.next()
        time.sleep(0.002)
        begin = time.perf_counter_ns()
        os.kill(victim, signal.SIGKILL)
        try:
            pool.join(handle)
            raise RuntimeError("the killed worker's job has a value")
        except BrokenProcessPool:
            elapsed = time.perf_counter_ns() - begin
        # The executor is unusable from now on: there is no replacement to wait for.
        pool.close()
        gate.open()
        return elapsed

    return lambda budget, _: {"noticed": statistics.median(repeated(budget, once, fewest=1))}


def field(file, word):
    with open(file) as lines:
        for line in lines:
            if line.startswith(word):
                return int(line.split()[1])
    raise KeyError(word)


def memory_of(pid, *words):
    """The sum of some lines of what the kernel says of a process's memory; nothing for one that has ended."""
    try:
        return sum(field(f"/proc/{pid}/smaps_rollup", word) for word in words) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


def unique_bytes(pid):
    return memory_of(pid, "Private_Clean:", "Private_Dirty:")


def family():
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = field(f"/proc/{name}/status", "PPid:")
            except (OSError, KeyError):
                pass
    found = {os.getpid()}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def memory(arm):
    pool = start(arm, WORKERS)
    workers = crew(pool, WORKERS)
    each(pool, 200)

    def round_(*_):
        time.sleep(0.3)
        helpers = [unique_bytes(pid) for pid in family() - {os.getpid()}]
        return {
            "worker": statistics.median_high(unique_bytes(pid) for pid in workers),
            "helpers": sum(helpers) / WORKERS,
        }

    return round_


def switches():
    found = {}
    for pid in family():
        for thread in os.listdir(f"/proc/{pid}/task"):
            if (pid, int(thread)) != (os.getpid(), os.getpid()):
                file = f"/proc/{pid}/task/{thread}/status"
                words = ("voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:")
                found[pid, thread] = sum(field(file, word) for word in words)
    return found


def idle(arm):
    pool = start(arm, WORKERS)
    each(pool, 200)

    def round_(_, scale):
        pool.join(pool.submit(next_number, 1))
        time.sleep(0.3)
        before = switches()
        time.sleep(5 * scale)
        after = switches()
        return {"wakes": sum(count - before.get(key, 0) for key, count in after.items())}

    return round_


def pending(arm):
    pool = start(arm, WORKERS)

    def memory_now():
        return sum(memory_of(pid, "Pss:") for pid in family())

    def round_(_, scale):
        count = int(1e5 * scale)
        gate = Gate()
        held = [pool.submit(hold, gate.name) for _ in range(WORKERS)]
        for _ in range(WORKERS):
            gate.next()
        before = memory_now()
        handles = [pool.submit(next_number, number) for number in range(count)]
        after = memory_now()
        gate.open()
        for handle in held:
            pool.join(handle)
        assert sum(pool.join(handle) for handle in handles) == count * (count + 1) // 2
        return {"bytes": (after - before) / count}

    return round_


PROGRAMS = {
    "spawn_processes": """
from multiprocessing import Process
import sys, time
def worker(n, secs):
    print(f"Worker {n} 시작", flush=True); time.sleep(secs); print(f"Worker {n} 완료", flush=True)
if __name__ == "__main__":
    ps = [Process(target=worker, args=(n, float(sys.argv[1]))) for n in range(5)]
    [p.start() for p in ps]; [p.join() for p in ps]
""",
    "spawn_threads": """
from threading import Thread
import sys, time
def worker(n, secs):
    print(f"Worker {n} 시작", flush=True); time.sleep(secs); print(f"Worker {n} 완료", flush=True)
if __name__ == "__main__":
    ts = [Thread(target=worker, args=(n, float(sys.argv[1]))) for n in range(5)]
    [t.start() for t in ts]; [t.join() for t in ts]
""",
    "map_processes": """
from concurrent.futures import ProcessPoolExecutor
import sys, time
def square(n):
    time.sleep(float(sys.argv[1]) / 2); return n * n
if __name__ == "__main__":
    with ProcessPoolExecutor(4) as pool: assert list(pool.map(square, range(1, 6))) == [1, 4, 9, 16, 25]
""",
    "map_threads": """
from concurrent.futures import ThreadPoolExecutor
import sys, time
def square(n):
    time.sleep(float(sys.argv[1]) / 2); return n * n
if __name__ == "__main__":
    with ThreadPoolExecutor(4) as pool: assert list(pool.map(square, range(1, 6))) == [1, 4, 9, 16, 25]
""",
}


def tutorial(_):
    def round_(_, scale):
        over = {}
        for name, text in PROGRAMS.items():
            program = [sys.executable, "-c", text, str(2 * scale)]
            run = lambda: subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
            over[name] = timed(run) - 2e9 * scale
        return over

    return round_


ROWS = {
    "one-in-flight": latency,
    "thread-one-in-flight": latency,
    "singly": singly,
    "thread-singly": singly,
    "map-10m": mapping,
    "echo-10mb": echoing,
    "start": lambda arm: starting(arm, 0),
    "start-1gib": lambda arm: starting(arm, 1 << 30),
    "death": death,
    "memory": memory,
    "idle": idle,
    "pending": pending,
    "tutorial": tutorial,
}


def say(line):
    print(line, flush=True)


def main():
    arm, row = sys.argv[1:3]
    if "--pinned" in sys.argv:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        round_ = ROWS[row](arm)
    except (KeyError, Skip) as error:
        return say(f"skip {error}")
    say("ready")
    # By hand: iterating over standard input reads ahead.
    while line := sys.stdin.readline():
        options = dict(word.split("=") for word in line.split()[1:])
        try:
            numbers = round_(float(options["ms"]) * 1e6, float(options["scale"]))
        except Exception as error:
            say(f"fail {type(error).__name__} {error}".replace("\n", " "))
        else:
            say("ok " + " ".join(f"{name}={value}" for name, value in numbers.items()))


if __name__ == "__main__":
    main()
