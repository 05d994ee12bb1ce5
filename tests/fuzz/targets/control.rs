//! Reading what a worker says over the control plane.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| process_runner::fuzz::control(script));
