//! Sending under the credit that a worker gives.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::credit(script));
