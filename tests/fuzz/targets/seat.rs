//! The account of what a worker has been given.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::seat(script));
