//! Cutting a worker's output into lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::lines(script));
