//! A program and all that it started, ended together.
//!
//! A launcher puts the processes that it starts into groups of their own, so that ending its group does not
//! end them. Linux says in `/proc` who is whose child; elsewhere the launcher is trusted to end its own.

use std::fs;
use std::process::Child;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::Stopwatch;

/// How long a launcher has to end its processes in order.
const IN_ORDER: Duration = Duration::from_secs(2);

/// How long the system may take to put a process away that was killed.
const PUT_AWAY: Duration = Duration::from_secs(1);

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Ends a program and everything that it started; returns when all of it has ended.
///
/// It is asked first, with its group where it leads one, since a launcher knows best what it has to put
/// away.
pub(super) fn end(child: &mut Child) {
    let leader = Pid::from_child(child);
    let mut family = Member::descendants(leader);
    signal(leader, Signal::TERM);
    let asked = Stopwatch::start();
    while asked.elapsed() < IN_ORDER && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(LOOK_EVERY);
    }
    family.extend(Member::descendants(leader));
    if matches!(child.try_wait(), Ok(None)) {
        signal(leader, Signal::KILL);
    }
    family.iter().for_each(|member| member.kill());
    let _ = child.wait();
    // Those are no children of ours, so nobody tells us when they are gone.
    let killed = Stopwatch::start();
    while killed.elapsed() < PUT_AWAY && family.iter().any(|member| member.lives()) {
        thread::sleep(LOOK_EVERY);
    }
}

/// To a program's group, or to the program alone where it leads none.
fn signal(leader: Pid, signal: Signal) {
    let _ = kill_process_group(leader, signal).or_else(|_| kill_process(leader, signal));
}

/// A process, known by its number and by when it began: numbers are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    pid: Pid,
    parent: i32,
    began: u64,
    /// It has ended, and its parent has not asked how.
    is_zombie: bool,
}

impl Member {
    /// Everything that a process started, and what that started, and so on.
    fn descendants(of: Pid) -> Vec<Member> {
        let all = Member::all();
        let mut found: Vec<Member> = Vec::new();
        let mut parents = vec![of.as_raw_nonzero().get()];
        while let Some(parent) = parents.pop() {
            let children = all.iter().filter(|member| member.parent == parent);
            for child in children {
                if !found.contains(child) {
                    found.push(*child);
                    parents.push(child.pid.as_raw_nonzero().get());
                }
            }
        }
        found
    }

    fn all() -> Vec<Member> {
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter_map(|name| Member::of(Pid::from_raw(name.parse().ok()?)?)).collect()
    }

    /// The process of that number now; `None` when there is none.
    fn of(pid: Pid) -> Option<Member> {
        const STATE: usize = 0;
        const PARENT: usize = 1;
        const BEGAN: usize = 19;
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
        // The name, which is in parentheses, may hold anything.
        let (_, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let parent = fields.get(PARENT)?.parse().ok()?;
        let began = fields.get(BEGAN)?.parse().ok()?;
        Some(Member { pid, parent, began, is_zombie: *fields.get(STATE)? == "Z" })
    }

    fn lives(self) -> bool {
        let now = Member::of(self.pid);
        now.is_some_and(|now| now.began == self.began && !now.is_zombie)
    }

    fn kill(self) {
        if self.lives() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}
