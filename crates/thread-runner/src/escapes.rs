//! Ways out of a scope. None of them may build; the tests of the documentation try each.
//!
//! A reference to what lives in the body, in a value:
//!
//! ```compile_fail,E0373
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! pool.scope(|scope| {
//!     let local = String::new();
//!     let _ = scope.submit(|| &local);
//! });
//! ```
//!
//! The scope itself, by a thread that outlives it:
//!
//! ```compile_fail,E0521
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! pool.scope(|scope| {
//!     std::thread::spawn(move || drop(scope.submit(|| ())));
//! });
//! ```
//!
//! The scope itself, by what the body returns:
//!
//! ```compile_fail
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! let kept = pool.scope(|scope| scope);
//! ```
//!
//! A handle, through a channel that was there before:
//!
//! ```compile_fail,E0521
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! let (sender, receiver) = std::sync::mpsc::channel();
//! pool.scope(|scope| sender.send(scope.submit(|| 1).unwrap()).unwrap());
//! drop(receiver);
//! ```
//!
//! What one thread alone may use:
//!
//! ```compile_fail,E0277
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! let shared = std::rc::Rc::new(7);
//! pool.scope(|scope| drop(scope.submit(|| *shared)));
//! ```
//!
//! The same thing twice, to write to it:
//!
//! ```compile_fail,E0499
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! let mut count = 0;
//! pool.scope(|scope| {
//!     drop(scope.submit(|| count += 1));
//!     drop(scope.submit(|| count += 1));
//! });
//! ```
//!
//! A borrow that ends before the scope:
//!
//! ```compile_fail,E0505
//! # let pool = thread_runner::ThreadPool::builder().start().unwrap();
//! let text = String::from("gone");
//! pool.scope(|scope| {
//!     let handle = scope.submit(|| text.len());
//!     drop(text);
//!     drop(handle);
//! });
//! ```
