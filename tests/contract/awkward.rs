//! Values that misbehave on their way, in errors and in their destructors, and what is left of them.

use anypool_core::{
    CodecError, Executor as _, JobError, MapOptions, SubmitError, TrySubmitError, set_quiet,
};
use anypool_tests::{Gate, Pass, Subject};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

anypool_tests::contract! {
    all: [
        an_input_that_panics_when_it_is_dropped_fails_only_its_job,
    ],
    processes: [
        a_tasks_own_error_that_cannot_travel_fails_only_its_job,
        inputs_that_cannot_be_encoded_take_no_place_in_the_queue,
        an_input_that_cannot_be_encoded_comes_back,
    ],
}

/// Something that goes wrong at one step of its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    FailOut,
    PanicOut,
    FailIn,
    PanicIn,
}

const FAULTS: [Fault; 5] = [
    Fault::None,
    Fault::FailOut,
    Fault::PanicOut,
    Fault::FailIn,
    Fault::PanicIn,
];

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        set_quiet(true);
        match self {
            Self::FailOut => Err(ser::Error::custom("it will not go")),
            Self::PanicOut => panic!("it breaks as it goes"),
            other => serializer.serialize_u8(*other as u8),
        }
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        set_quiet(true);
        match FAULTS.get(usize::from(u8::deserialize(deserializer)?)) {
            Some(Self::FailIn) => Err(de::Error::custom("it will not come")),
            Some(Self::PanicIn) => panic!("it breaks as it comes"),
            fault => fault.copied().ok_or_else(|| de::Error::custom("no fault")),
        }
    }
}

fn fail(n: usize) -> Result<u8, Fault> {
    Err(FAULTS[n])
}

fn a_tasks_own_error_that_cannot_travel_fails_only_its_job<S: Subject>() {
    let pool = S::with_workers(1);
    let words = ["", "not go", "as it goes", "not come", "as it comes"];
    let jobs: Vec<_> = (0..5).map(|n| pool.submit(fail, n).unwrap()).collect();
    for ((n, job), words) in (0..).zip(jobs).zip(words) {
        match job.join() {
            Ok(outcome) => assert_eq!((n, outcome), (0, Err(Fault::None))),
            Err(JobError::Codec(error)) => {
                let error = error.to_string();
                assert!(n > 0 && error.contains(words), "{n}: {error}");
            }
            Err(error) => panic!("{n}: {error}"),
        }
    }
    let five = MapOptions::new().chunk(5.try_into().unwrap());
    let outcomes: Vec<_> = pool.map_with(fail, (0..5).cycle().take(15), five).collect();
    let sound: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [true, false, false, false, false].repeat(3));
}

fn ignore(_: Fault) {}

fn inputs_that_cannot_be_encoded_take_no_place_in_the_queue<S: Subject>() {
    let pool = S::start(1, 2);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    for fault in [Fault::FailOut, Fault::PanicOut]
        .into_iter()
        .cycle()
        .take(20)
    {
        let refused = pool.submit(ignore, fault);
        assert!(matches!(refused, Err(SubmitError::Codec(_))), "{refused:?}");
        let inputs = [fault; 2];
        let outcomes: Vec<_> = pool.map(ignore, inputs).collect();
        assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    }
    // However many are sent ahead, there is room; and all of it.
    let mut accepted = Vec::new();
    while let Ok(job) = pool.try_submit(ignore, Fault::None) {
        accepted.push(job);
        assert!(accepted.len() < 10, "the queue has an end");
    }
    assert!(accepted.len() >= 2, "{}", accepted.len());
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    assert!(accepted.into_iter().all(|job| job.join() == Ok(())));
}

fn an_input_that_cannot_be_encoded_comes_back<S: Subject>() {
    let pool = S::with_workers(1);
    for fault in [Fault::FailOut, Fault::PanicOut] {
        let refused = pool.try_submit(ignore, fault).err();
        let Some(TrySubmitError { error, input }) = refused else {
            panic!("{fault:?} has no encoding");
        };
        assert!(matches!(
            error,
            SubmitError::Codec(CodecError::Encode { .. })
        ));
        assert_eq!(input, Some(fault));
    }
}

/// Panics when it is dropped, unless something else has.
#[derive(Serialize, Deserialize)]
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        set_quiet(true);
        if self.0 && !std::thread::panicking() {
            panic!("dropped");
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a task owns its input")]
fn defuse(bomb: Bomb) -> bool {
    bomb.0
}

fn an_input_that_panics_when_it_is_dropped_fails_only_its_job<S: Subject>() {
    let pool = S::with_workers(1);
    let jobs = [false, true, false].map(|armed| pool.submit(defuse, Bomb(armed)).unwrap());
    let [before, bomb, after] = jobs.map(anypool_core::JobHandle::join);
    assert_eq!((before, after), (Ok(false), Ok(false)));
    assert!(matches!(bomb, Err(JobError::Panicked(_))), "{bomb:?}");
    let four = MapOptions::new().chunk(4.try_into().unwrap());
    let inputs = (0..8).map(|n| Bomb(n % 4 != 0));
    let outcomes: Vec<_> = pool.map_with(defuse, inputs, four).collect();
    let sound: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [true, false, false, false].repeat(2), "{outcomes:?}");
}
