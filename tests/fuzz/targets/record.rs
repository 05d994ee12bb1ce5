//! Reading what the zygote reports.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::record(script));
