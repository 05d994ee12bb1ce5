"""Runs the runners' tasks with CPython's own executors, and prints what `map` and `spawn` of the runners print.

    arms.py WAY map TASK [INPUT]… [--workers N] [--batch N] [-s NAME=VALUE]…
    arms.py WAY spawn TASK [--count N] [-s NAME=VALUE]…

WAY is threads, threads-ft, procs, procs@fork, procs@spawn, procs@forkserver or interp; threads-ft are threads where no
global lock may be on. Of the file that ANYPOOL_MOMENTS names, it
makes the same use as the runners: a line when its workers can be given work, and one when the last result is there.
"""

import argparse
import concurrent.futures
import functools
import inspect
import multiprocessing
import os
import sys
import threading
import time

import tasks


def moment(name):
    file = os.environ.get("ANYPOOL_MOMENTS")
    if file:
        with open(file, "a") as told:
            told.write(f"{name} {time.monotonic_ns()}\n")


def call(kind, params, name, numbered):
    index, value = numbered
    return tasks.run(kind, {**params, name: value} if name else params, index, sys.stdout)


def input_name(kind):
    """The first parameter behind the index and the output, which inputs set."""
    names = list(inspect.signature(tasks.TASKS[kind]).parameters.values())[2:]
    named = [one.name for one in names if one.kind is not inspect.Parameter.VAR_KEYWORD]
    return named[0] if named else None


def context(way):
    _, _, method = way.partition("@")
    return multiprocessing.get_context(method or None)


def executor(way, workers):
    if way == "threads":
        return concurrent.futures.ThreadPoolExecutor(workers)
    if way == "interp":
        return concurrent.futures.InterpreterPoolExecutor(workers)
    return concurrent.futures.ProcessPoolExecutor(workers, mp_context=context(way))


def run_map(asked, params):
    work = functools.partial(call, asked.task, params, input_name(asked.task))
    with executor(asked.way, asked.workers) as pool:
        moment("ready")
        values = list(pool.map(work, enumerate(asked.inputs), chunksize=asked.batch))
        moment("done")
    print("[" + ", ".join(tasks.shown(value) for value in values) + "]")


def run_spawn(asked, params):
    start = threading.Thread if asked.way == "threads" else context(asked.way).Process
    work = functools.partial(call, asked.task, params, None)
    workers = [start(target=work, args=((number, None),)) for number in range(asked.count)]
    for worker in workers:
        worker.start()
    moment("ready")
    for worker in workers:
        worker.join()
    moment("done")
    if any(getattr(worker, "exitcode", 0) for worker in workers):
        sys.exit("a worker failed")
    print("all done" if params.get("lang") == "en" else "모든 작업 완료")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("command", choices=["map", "spawn"])
    parser.add_argument("task", choices=sorted(tasks.TASKS))
    parser.add_argument("inputs", nargs="*")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("-s", dest="settings", action="append", default=[])
    asked = parser.parse_intermixed_args()
    if asked.way == "threads-ft":
        if getattr(sys, "_is_gil_enabled", lambda: True)():
            sys.exit("this CPython has its global lock on (see PYTHON_GIL)")
        asked.way = "threads"
    params = dict(setting.split("=", 1) for setting in asked.settings)
    {"map": run_map, "spawn": run_spawn}[asked.command](asked, params)


if __name__ == "__main__":
    main()
