//! Cutting a worker's stream into messages.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::frames(script));
