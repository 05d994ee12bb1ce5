//! What can go wrong in a task.

/// A way to go wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// What a reader calls it.
    pub(crate) name: &'static str,
    /// The task of the catalogue that does it.
    kind: &'static str,
    /// Its parameters, as a suite has them.
    params: &'static str,
}

/// All of them, the mildest first.
pub(crate) const FAULTS: [Fault; 7] = [
    fault("an error", "fail", ""),
    fault("a panic", "panic", ""),
    fault("no end", "hang", ""),
    fault("no end, whatever it is told", "hang", "stubborn = true"),
    fault("an exit", "exit", ""),
    fault("an abort", "abort", ""),
    fault("a segmentation fault", "segv", ""),
];

const fn fault(name: &'static str, kind: &'static str, params: &'static str) -> Fault {
    Fault { name, kind, params }
}

/// What the task is called in the suite that goes wrong.
pub(super) const FAULTY: &str = "faulty";

/// What the others' names begin with.
pub(super) const HEALTHY: &str = "healthy";

/// How many healthy tasks there are; some are done before the fault, some run beside it, some come after it.
pub(super) const OTHERS: usize = 9;

impl Fault {
    /// A suite in which it happens, behind a third of the healthy tasks.
    pub(super) fn suite(&self) -> String {
        let healthy = |part: usize| {
            format!(
                "[[task]]\nid = \"{HEALTHY}-{part}\"\nkind = \"sleep\"\nmatrix.ms = [40, 41, 42]\n\n"
            )
        };
        format!(
            "schema = 1\nname = \"faults\"\n\n{}[[task]]\nid = \"{FAULTY}\"\nkind = \"{}\"\nparams = {{ {} }}\n\
             timeout = \"2s\"\ngrace = \"500ms\"\n\n{}{}",
            healthy(1),
            self.kind,
            self.params,
            healthy(2),
            healthy(3),
        )
    }
}
