//! Running `init` when the program is loaded, for programs whose `main` is out of reach.

/// Calls [`init`](crate::init) before `main`: write it once, at the level of a module, where the
/// first line of `main` is out of reach, as in `#[tokio::main]` programs and under `cargo test`.
///
/// ```
/// process_runner::init_at_load!();
///
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! init_at_load {
    () => {
        const _: () = {
            extern "C" fn init_at_load() {
                $crate::init();
            }

            #[used]
            #[unsafe(link_section = ".init_array")]
            static INIT_AT_LOAD: extern "C" fn() = init_at_load;
        };
    };
}
