//! Data that tasks make for themselves when they are given no file: the same on every machine and in every language
//! that counts in 64 bits, since the tasks' twins in Python make it, too.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// The length of a block of bytes; longer data repeats it.
const BLOCK: usize = 64 << 10;

/// Bytes without a meaning, which do not compress well either.
pub(super) fn block() -> &'static [u8; BLOCK] {
    static BYTES: LazyLock<Box<[u8; BLOCK]>> = LazyLock::new(|| {
        let mut bytes = Box::new([0; BLOCK]);
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = ((place * 167) ^ (place >> 8)).to_le_bytes()[0];
        }
        bytes
    });
    &BYTES
}

/// Numbers that look random: Knuth's linear congruential generator for 64 bits, of which the upper half is used.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        let state = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = state.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Different words in a text; frequent ones are much more frequent, as in any language.
const WORDS: u64 = 1_000;

/// At least `size` bytes of lines of words.
pub(super) fn text(size: usize) -> String {
    let mut text = String::with_capacity(size + 128);
    let mut numbers = Numbers(1);
    while text.len() < size {
        for place in 0..12 {
            let number = numbers.next() % WORDS;
            let gap = if place == 11 { '\n' } else { ' ' };
            // Writing to a string cannot fail.
            let _ = write!(text, "w{}{gap}", number * number / WORDS);
        }
    }
    text
}

/// A JSON document of at least `size` bytes.
pub(super) fn document(size: usize) -> String {
    let mut text = String::with_capacity(size + 128);
    text.push('[');
    let mut number = 0;
    while number == 0 || text.len() < size {
        let comma = if number == 0 { "" } else { "," };
        let (tag, other, on) = (number % 7, number % 11, number % 2 == 0);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"{comma}{{"id":{number},"name":"item-{number}","tags":["t{tag}","t{other}"],"on":{on},"price":{}.25}}"#,
            number / 4
        );
        number += 1;
    }
    text.push(']');
    text
}
