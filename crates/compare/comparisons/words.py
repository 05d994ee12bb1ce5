"""Counts the words of texts that it makes, one after another, on threads, or on processes.

    words.py plain|threads|processes

It prints the same in each way, as programs must that are compared. See words.toml beside it.
"""

import collections
import concurrent.futures
import sys

TEXTS = 16
WORDS = 12_000
WORKERS = 4


def count(number):
    """The most frequent words of a text, which only its number decides."""
    state = number + 1
    words = []
    for _ in range(WORDS):
        state = (state * 1103515245 + 12345) % 2**31
        words.append(f"word-{state % 97}")
    return collections.Counter(words).most_common(3)


def main():
    way = sys.argv[1] if len(sys.argv) == 2 else ""
    pools = {
        "threads": concurrent.futures.ThreadPoolExecutor,
        "processes": concurrent.futures.ProcessPoolExecutor,
    }
    if way == "plain":
        counts = [count(number) for number in range(TEXTS)]
    elif way in pools:
        with pools[way](WORKERS) as pool:
            counts = list(pool.map(count, range(TEXTS)))
    else:
        sys.exit(__doc__)
    for number, most in enumerate(counts):
        print(number, most)


if __name__ == "__main__":
    main()
