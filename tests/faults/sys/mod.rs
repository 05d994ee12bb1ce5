//! The only unsafe code of these tests.

/// Sets a variable of the environment, in a program that plays one case.
pub(crate) fn set_variable(name: &str, value: &str) {
    #[expect(unsafe_code, reason = "the environment is the process's")]
    // SAFETY: the harness waits for the only test meanwhile, and nobody else reads the environment.
    unsafe {
        std::env::set_var(name, value);
    }
}
