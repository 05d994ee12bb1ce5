//! What was chosen, instance by instance, as lines for people and for programs.

use serde::Serialize;

use super::choice::{Chosen, Flags};
use super::task::Task;
use crate::engine::terms::Terms;
use crate::engine::unit::Work;
use crate::event::{TaskKey, Verdict};
use crate::exec::template::quote;

/// The widest column of ids; longer ones push the rest of their line to the right.
const WIDEST: usize = 40;

/// Gives each line for people to `take`: the id, what is done, and on which terms.
///
/// # Errors
///
/// `take` wants no more.
pub(crate) fn text<E>(
    chosen: &[Chosen<'_>],
    flags: &Flags,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut width = 0;
    for one in chosen {
        for (task, index) in one.instances() {
            let id = task.rows.id(&task.id, &task.rows.row(index));
            width = width.max(id.chars().count().min(WIDEST));
        }
    }
    each(chosen, |one, task, id, work, _| {
        let terms = one.terms(task, flags);
        let doing = doing(&work);
        let rest = format!("{doing}{}", notes(one, task, &terms));
        take(format!("{id:width$}  {rest}").trim_end())
    })
}

/// Gives each line for programs to `take`: together, they are one JSON array.
///
/// # Errors
///
/// `take` wants no more.
pub(crate) fn json<E>(
    chosen: &[Chosen<'_>],
    flags: &Flags,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut held: Option<String> = None;
    take("[")?;
    each(chosen, |one, task, id, work, key| {
        let terms = one.terms(task, flags);
        let entry = Entry {
            suite: &one.suite.name,
            task: id,
            of: &task.id,
            key,
            kind: task.doing.kind().map_or("command", |kind| kind.name),
            class: task.doing.kind().map(|kind| kind.class.to_string()),
            doing: doing(&work),
            after: task.after.iter().map(|(after, _)| &**after).collect(),
            group: terms.group.map(|group| &*one.suite.groups[group].name),
            weight: terms.weight,
            timeout: terms.timeout.map(|time| time.as_nanos()),
            slow_after: terms.slow_after.map(|time| time.as_nanos()),
            retries: terms.retries.count,
            expect: terms.expect,
        };
        let line = serde_json::to_string(&entry).unwrap_or_default();
        match held.replace(line) {
            Some(before) => take(&format!("  {before},")),
            None => Ok(()),
        }
    })?;
    if let Some(last) = held {
        take(&format!("  {last}"))?;
    }
    take("]")
}

/// An instance, for programs. Times are nanoseconds.
#[derive(Serialize)]
struct Entry<'a> {
    suite: &'a str,
    task: &'a str,
    of: &'a str,
    key: TaskKey,
    kind: &'a str,
    class: Option<String>,
    doing: String,
    after: Vec<&'a str>,
    group: Option<&'a str>,
    weight: usize,
    timeout: Option<u128>,
    slow_after: Option<u128>,
    retries: u32,
    expect: Verdict,
}

fn each<'s, E>(
    chosen: &'s [Chosen<'s>],
    mut take: impl FnMut(&'s Chosen<'s>, &'s Task, &str, Work, TaskKey) -> Result<(), E>,
) -> Result<(), E> {
    for one in chosen {
        for (task, index) in one.instances() {
            let row = task.rows.row(index);
            let id = task.rows.id(&task.id, &row);
            let (work, key) = task.doing.work(&row);
            take(one, task, &id, work, key)?;
        }
    }
    Ok(())
}

/// What is done, as one would type it.
pub(crate) fn doing(work: &Work) -> String {
    match work {
        Work::Call(call) => call.to_string(),
        Work::Program(program) => {
            let mut line = Vec::new();
            for word in program.words(0).iter() {
                if !line.is_empty() {
                    line.push(b' ');
                }
                quote(word.as_encoded_bytes(), &mut line);
            }
            String::from_utf8_lossy(&line).into_owned()
        }
        Work::Skip(why) | Work::Impossible(why) => why.to_string(),
    }
}

/// On which terms, where those are not the usual ones.
fn notes(one: &Chosen<'_>, task: &Task, terms: &Terms) -> String {
    let mut notes = Vec::new();
    if !task.after.is_empty() {
        let after: Vec<_> = task.after.iter().map(|(after, _)| &**after).collect();
        notes.push(format!("after {}", after.join(", ")));
    }
    if let Some(group) = terms.group {
        notes.push(format!("group {}", one.suite.groups[group].name));
    }
    if terms.weight > 1 {
        notes.push(format!("weight {}", terms.weight));
    }
    if let Some(timeout) = terms.timeout {
        notes.push(format!("timeout {timeout:?}"));
    }
    if terms.retries.count > 0 {
        notes.push(format!("retries {}", terms.retries.count));
    }
    if terms.expect != Verdict::Ok {
        notes.push(format!("expect {}", terms.expect));
    }
    match &*notes {
        [] => String::new(),
        notes => format!("  ({})", notes.join(", ")),
    }
}
