//! The tasks that ship: with workers or without, and so on threads or processes, they give the same.

use super::child::run;

#[test]
fn every_task_gives_the_same_with_workers_and_without() {
    for words in [
        "square 3 4 -s secs=0",
        "noop a b",
        "sleep 1 2",
        "spin 10 20",
        "primes 1 100 5000",
        "mandelbrot 10 20 -s w=40 -s h=40 -s iters=50",
        "pipeline 1 2 -s cpu_us=10 -s io_ms=0",
        "sha256 Cargo.toml no-such-file",
        "blake3 Cargo.toml",
        "zstd Cargo.toml -s level=1",
        "read Cargo.toml",
        "read Cargo.toml -s cold=true",
        "write-fsync 1KiB 70KiB -s count=2",
        "http-get nowhere",
        "wordcount Cargo.toml",
        "sort 1000 50000",
        "alloc 1 2",
        "cow 1 2",
        "counter 100 1000",
        "result 100 100000",
    ] {
        let there = run(&format!("map {words} -j 2"));
        let here = run(&format!("map {words} --inline"));
        assert_eq!(
            (there.code, &there.out),
            (here.code, &here.out),
            "{words}: {}",
            there.err
        );
        let fails = words.contains("no-such-file") || words.contains("nowhere");
        assert_eq!(
            here.code,
            if fails { 100 } else { 0 },
            "{words}: {}",
            here.err
        );
    }
}
