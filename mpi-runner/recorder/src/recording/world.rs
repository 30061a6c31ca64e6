//! The ranks of a trace: the world that the launcher has started comes first, and each spawned world behind it.
//!
//! Rank 0 of a spawned world reserves as many numbers as it has processes, in a file among the parts, and tells the
//! others. It meets those who have spawned it over the communicator that joins them, before the program has that: so
//! each side knows the other's ranks.

use std::ffi::{c_int, c_void};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use ringscope_traces::{Rank, Reader, parts};

use crate::real::{Abi, Handle, SUCCESS, StatusBuffer, real};

/// How the names of the files begin that say that a rank is spawning, and waits for who comes.
const AWAITED: &str = "awaited-";

/// The tag of the messages by which two worlds meet; they are received before the program can look for any.
const MEET: c_int = 31_415;

/// How long a process waits for the other side, which may not be recorded: so often, so long.
const LOOKS: u32 = 3_000;
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The world of this process.
#[derive(Debug)]
pub(super) struct World {
    /// Which rank of the trace its rank 0 is.
    pub(super) first: Rank,
    /// How many processes it has.
    pub(super) size: u32,
    /// Who has spawned it; `None` when the launcher has started it.
    pub(super) parents: Option<Parents>,
}

/// Those who have spawned a world.
#[derive(Debug)]
pub(super) struct Parents {
    /// The communicator that joins them and the world.
    pub(super) joint: Handle,
    /// Their ranks; empty when they are not known.
    pub(super) ranks: Vec<Rank>,
}

impl World {
    /// Finds out which one it is; called by all of its processes.
    ///
    /// # Errors
    ///
    /// When no ranks can be reserved for a spawned world.
    pub(super) fn of(abi: Abi, folder: &Path) -> io::Result<World> {
        let size = size(abi.world());
        let Some(joint) = parent(abi) else {
            return Ok(World { first: Rank::default(), size, parents: None });
        };
        let mut told = vec![u32::MAX; 1 + remote_size(joint) as usize];
        let reserved = match rank_in(abi.world()) {
            0 => reserve(folder, size),
            _ => Ok(Rank::default()),
        };
        if let (0, Ok(first)) = (rank_in(abi.world()), &reserved) {
            introduce(abi, folder, (joint, *first), &mut told);
        }
        broadcast(abi, &mut told, abi.world());
        reserved?;
        let (first, ranks) = match told.split_first() {
            Some((first, ranks)) if *first != u32::MAX => (Rank(*first), ranks),
            Some(_) | None => {
                return Err(io::Error::other("rank 0 of the spawned world could not"));
            }
        };
        let is_known = !ranks.contains(&u32::MAX);
        let ranks = ranks.iter().filter(|_| is_known).map(|rank| Rank(*rank)).collect();
        Ok(World { first, size, parents: Some(Parents { joint, ranks }) })
    }

    /// The ranks of the trace up to the last of this world.
    pub(super) fn ranks(&self) -> u32 {
        self.first.0 + self.size
    }

    /// Its own.
    pub(super) fn members(&self) -> Vec<Rank> {
        (self.first.0..self.ranks()).map(Rank).collect()
    }
}

/// A spawn that is under way: the others may come.
pub struct Spawning {
    abi: Abi,
    by: Handle,
    awaited: Option<PathBuf>,
}

impl Spawning {
    /// Called by all who spawn together, before they do; the first of them says that it waits.
    pub(super) fn announce(abi: Abi, folder: &Path, by: Handle) -> Spawning {
        let awaited =
            (rank_in(by) == 0).then(|| folder.join(format!("{AWAITED}{}", std::process::id())));
        let awaited = awaited.filter(|path| File::create(path).is_ok());
        Spawning { abi, by, awaited }
    }

    /// Meets those who were spawned: the first of their ranks, of the trace; `None` when they are not recorded. Called
    /// by all who have spawned, whose own ranks these are.
    pub fn meet(self, joint: *const c_void, ours: &[Rank]) -> Option<Rank> {
        // SAFETY: MPI has put a handle there.
        let joint = unsafe { self.abi.handle_at(joint, 0) };
        let mut first = [u32::MAX];
        if self.awaited.is_some() && remote_size(joint) > 0 && has_come(joint) {
            receive(self.abi, &mut first, joint);
            let ours: Vec<u32> = ours.iter().map(|rank| rank.0).collect();
            send(self.abi, &ours, joint);
        }
        broadcast(self.abi, &mut first, self.by);
        let [first] = first;
        (first != u32::MAX).then_some(Rank(first))
    }
}

impl Drop for Spawning {
    fn drop(&mut self) {
        if let Some(path) = &self.awaited {
            // What stays there does no harm: the folder goes with it.
            let _ = fs::remove_file(path);
        }
    }
}

/// Tells the parents which ranks are spoken for, and learns theirs, if they wait for that.
fn introduce(abi: Abi, folder: &Path, (joint, first): (Handle, Rank), told: &mut [u32]) {
    let Some((told_first, parents)) = told.split_first_mut() else { return };
    *told_first = first.0;
    if is_awaited(folder) {
        send(abi, &[first.0], joint);
        if has_come(joint) {
            receive(abi, parents, joint);
        }
    }
}

fn is_awaited(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten();
    let mut names = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.any(|name| name.starts_with(AWAITED))
}

/// Reserves that many ranks behind all that there are; returns the first of them.
fn reserve(folder: &Path, size: u32) -> io::Result<Rank> {
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).append(true).create(true).open(folder.join(parts::RESERVED))?;
    // It is given back when the file is closed, and when we die.
    file.lock()?;
    let mut before = String::new();
    file.read_to_string(&mut before)?;
    let reserved = before.lines().filter_map(|line| line.parse().ok());
    let first = reserved.chain(begun(folder)).max().unwrap_or(0);
    writeln!(file, "{}", first + size)?;
    Ok(Rank(first))
}

/// How many ranks there are by each part that was begun.
fn begun(folder: &Path) -> impl Iterator<Item = u32> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.to_owned()));
    let parts = names.filter(|name| parts::rank_of(name).is_some());
    let parts: Vec<PathBuf> = parts.map(|name| folder.join(name)).collect();
    parts.into_iter().filter_map(|path| {
        let file = BufReader::new(File::open(&path).ok()?);
        Reader::new(file, &path.to_string_lossy()).ok().map(|part| part.header().ranks)
    })
}

/// The communicator that joins a spawned world and those who have spawned it.
fn parent(abi: Abi) -> Option<Handle> {
    let mut parent: Handle = 0;
    let code = real!(MPI_Comm_get_parent(&raw mut parent => *mut Handle));
    (code == SUCCESS && !abi.is_no_communicator(parent)).then_some(parent)
}

/// The own rank in a communicator.
pub(super) fn rank_in(communicator: Handle) -> u32 {
    let mut rank = 0;
    real!(MPI_Comm_rank(communicator => Handle, &raw mut rank => *mut c_int));
    u32::try_from(rank).unwrap_or(0)
}

fn size(communicator: Handle) -> u32 {
    let mut size = 0;
    real!(MPI_Comm_size(communicator => Handle, &raw mut size => *mut c_int));
    u32::try_from(size).unwrap_or(0)
}

/// How many there are on the other side.
pub(super) fn remote_size(joint: Handle) -> u32 {
    let mut size = 0;
    real!(MPI_Comm_remote_size(joint => Handle, &raw mut size => *mut c_int));
    u32::try_from(size).unwrap_or(0)
}

/// Whether the first of the other side has sent its message; waits for it.
fn has_come(joint: Handle) -> bool {
    let mut status = StatusBuffer::new();
    let status = status.own();
    (0..LOOKS).any(|look| {
        let mut flag = 0;
        if look > 0 {
            thread::sleep(LOOK_EVERY);
        }
        real!(MPI_Iprobe(
            0 => c_int, MEET => c_int, joint => Handle, &raw mut flag => *mut c_int,
            status => *mut c_void,
        ));
        flag != 0
    })
}

fn receive(abi: Abi, numbers: &mut [u32], joint: Handle) {
    let mut status = StatusBuffer::new();
    let status = status.own();
    real!(MPI_Recv(
        numbers.as_mut_ptr().cast() => *mut c_void, bytes(numbers) => c_int, abi.byte() => Handle,
        0 => c_int, MEET => c_int, joint => Handle, status => *mut c_void,
    ));
}

fn send(abi: Abi, numbers: &[u32], joint: Handle) {
    real!(MPI_Send(
        numbers.as_ptr().cast() => *const c_void, bytes(numbers) => c_int, abi.byte() => Handle,
        0 => c_int, MEET => c_int, joint => Handle,
    ));
}

fn broadcast(abi: Abi, numbers: &mut [u32], communicator: Handle) {
    real!(MPI_Bcast(
        numbers.as_mut_ptr().cast() => *mut c_void, bytes(numbers) => c_int,
        abi.byte() => Handle, 0 => c_int, communicator => Handle,
    ));
}

fn bytes(numbers: &[u32]) -> c_int {
    c_int::try_from(size_of_val(numbers)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spawned_worlds_get_ranks_one_behind_the_other() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let header = r#"{"trace":2,"source":"recorded","protocol":"none","ranks":3,"time":"wall"}"#;
        let part = folder.path().join(parts::file_name(Rank(1)));
        fs::write(part, header.to_owned() + "\n\0\0\0").expect("the folder takes files");
        let first = |size| reserve(folder.path(), size).expect("the folder takes files").0;
        assert_eq!([first(2), first(1), first(4)], [3, 5, 6]);
    }
}
