//! Reading what a worker answers.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::reply(script));
