//! C programs that a seed makes: correct by construction, or with one fault of which the place is known.
//!
//! Each step uses tags of its own, so that no message of one step fits a receive of another.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A message that MPI buffers, and one that it does not, in bytes.
const SMALL: u32 = 40;
const LARGE: u32 = 1_000_000;

/// A fault that is planted in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A message is received and never sent.
    NeverSent,
    /// A message is sent with another tag than that which is waited for.
    OtherTag,
    /// A message is sent on another communicator.
    OtherCommunicator,
    /// A receive has less room than its message has bytes.
    Truncated,
    /// All ranks send a large message before any receives.
    SendsInACycle,
    /// Two ranks receive from each other before they send.
    ReceivesInACycle,
    /// A rank leaves out a collective operation.
    CollectiveLeftOut,
    /// A rank calls another collective operation than the others.
    OtherCollective,
    /// A rank counts one message too many from any source.
    OneTooMany,
    /// A rank ends by `exit`.
    Exits,
    /// A rank dies by a signal.
    Dies,
    /// A nonblocking send is never completed.
    NeverCompleted,
    /// A message is sent and never received.
    NeverReceived,
    /// A buffer is written to while it is sent.
    BufferChanged,
    /// A message is probed again and again and never received.
    ProbedOnly,
    /// Two ranks pass a message to and fro for ever.
    Livelock,
}

impl Fault {
    pub const ALL: [Fault; 16] = [
        Fault::NeverSent,
        Fault::OtherTag,
        Fault::OtherCommunicator,
        Fault::Truncated,
        Fault::SendsInACycle,
        Fault::ReceivesInACycle,
        Fault::CollectiveLeftOut,
        Fault::OtherCollective,
        Fault::OneTooMany,
        Fault::Exits,
        Fault::Dies,
        Fault::NeverCompleted,
        Fault::NeverReceived,
        Fault::BufferChanged,
        Fault::ProbedOnly,
        Fault::Livelock,
    ];
}

/// Where a fault is: the rank, and the line of its source, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub rank: u32,
    pub line: usize,
}

/// A program, and where what is wrong with it stands: empty for a correct one.
#[derive(Debug)]
pub struct Program {
    pub ranks: u32,
    pub source: String,
    pub places: Vec<Place>,
}

/// A correct program.
pub fn correct(seed: u64) -> Program {
    let mut draft = Draft::new(seed);
    for _ in 0..8 {
        draft.step();
    }
    draft.finish()
}

/// A program with one fault.
pub fn faulty(seed: u64, fault: Fault) -> Program {
    let mut draft = Draft::new(seed);
    for _ in 0..draft.below(4) {
        draft.step();
    }
    draft.plant(fault);
    for _ in 0..draft.below(3) {
        draft.step();
    }
    draft.finish()
}

/// A communicator that every program has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comm {
    World,
    /// All ranks again.
    Copy,
    /// The ranks of one parity.
    Half,
}

impl Comm {
    fn name(self) -> &'static str {
        match self {
            Comm::World => "MPI_COMM_WORLD",
            Comm::Copy => "copy",
            Comm::Half => "half",
        }
    }
}

/// From whom to whom, with which tag, how long, on which communicator.
#[derive(Debug, Clone, Copy)]
struct Message {
    from: u32,
    to: u32,
    tag: u32,
    bytes: u32,
    comm: Comm,
}

/// A program that is being written.
struct Draft {
    chance: ChaCha8Rng,
    ranks: u32,
    lines: Vec<String>,
    steps: u32,
    places: Vec<Place>,
}

impl Draft {
    fn new(seed: u64) -> Draft {
        let mut draft = Draft {
            chance: ChaCha8Rng::seed_from_u64(seed),
            ranks: 0,
            lines: BEGIN.lines().map(str::to_owned).collect(),
            steps: 0,
            places: Vec::new(),
        };
        draft.ranks = 2 + draft.below(3);
        draft
    }

    fn finish(mut self) -> Program {
        self.lines.extend(END.lines().map(str::to_owned));
        let source = self.lines.join("\n") + "\n";
        Program { ranks: self.ranks, source, places: self.places }
    }

    fn below(&mut self, end: u32) -> u32 {
        self.chance.next_u32() % end
    }

    fn is_heads(&mut self) -> bool {
        self.below(2) == 0
    }

    /// Two ranks.
    fn pair(&mut self) -> (u32, u32) {
        let one = self.below(self.ranks);
        (one, (one + 1 + self.below(self.ranks - 1)) % self.ranks)
    }

    fn message(&mut self, bytes: u32) -> Message {
        let (from, to) = self.pair();
        self.steps += 1;
        let comm = if self.is_heads() { Comm::World } else { Comm::Copy };
        Message { from, to, tag: 10 * self.steps, bytes, comm }
    }

    /// What all ranks do.
    fn all(&mut self, statement: &str) {
        self.lines.push(format!("    {statement}"));
    }

    /// What one rank does, in a line of its own; where that is.
    fn does(&mut self, rank: u32, statement: &str) -> Place {
        self.lines.push(format!("    if (rank == {rank}) {statement}"));
        Place { rank, line: self.lines.len() }
    }

    /// A correct step.
    fn step(&mut self) {
        match self.below(8) {
            0 => self.sent_and_received(),
            1 => self.taken_as_they_come(),
            2 => self.round(),
            3 => self.crossed(),
            4 => self.waits_in_reverse(),
            5 => self.probed(),
            _ => self.collective(),
        }
    }

    fn sent_and_received(&mut self) {
        let bytes = if self.is_heads() { SMALL } else { LARGE };
        let message = self.message(bytes);
        let (from, to) = (message.from, message.to);
        if self.is_heads() {
            self.does(from, &send(message));
        } else {
            self.does(from, &isend(message, 0));
            self.does(from, &wait(0));
        }
        if self.is_heads() {
            self.does(to, &recv(message));
        } else {
            self.does(to, &irecv(message, 1));
            self.does(to, &wait(1));
        }
    }

    /// All others send to one, which takes whatever comes.
    fn taken_as_they_come(&mut self) {
        let message = self.message(SMALL);
        for from in (0..self.ranks).filter(|from| *from != message.to) {
            self.does(from, &send(Message { from, ..message }));
        }
        for _ in 1..self.ranks {
            self.does(message.to, &recv_any(message));
        }
    }

    /// Each sends to the next and receives from the one before.
    fn round(&mut self) {
        self.steps += 1;
        let tag = 10 * self.steps;
        self.all(&format!(
            "MPI_Sendrecv(out, {LARGE}, MPI_CHAR, (rank + 1) % ranks, {tag}, in, {LARGE}, MPI_CHAR, (rank + ranks - 1) % ranks, {tag}, MPI_COMM_WORLD, MPI_STATUS_IGNORE);"
        ));
    }

    /// Two send to each other, and receive before their sends are complete.
    fn crossed(&mut self) {
        let there = self.message(LARGE);
        let back = Message { from: there.to, to: there.from, ..there };
        self.does(there.from, &isend(there, 0));
        self.does(back.from, &isend(back, 0));
        self.does(there.to, &recv(there));
        self.does(back.to, &recv(back));
        self.does(there.from, &wait(0));
        self.does(back.from, &wait(0));
    }

    fn waits_in_reverse(&mut self) {
        let one = self.message(SMALL);
        let other = Message { tag: one.tag + 1, ..one };
        self.does(one.from, &isend(one, 0));
        self.does(one.from, &isend(other, 1));
        self.does(one.to, &irecv(one, 2));
        self.does(one.to, &irecv(other, 3));
        for (rank, request) in [(one.to, 3), (one.to, 2), (one.from, 1), (one.from, 0)] {
            self.does(rank, &wait(request));
        }
    }

    fn probed(&mut self) {
        let message = self.message(SMALL);
        self.does(message.from, &send(message));
        let Message { to, tag, comm, .. } = message;
        let comm = comm.name();
        if !self.places.is_empty() {
            // A rank that polls could go on: nobody who waits for it would be called stuck.
            self.does(to, &format!("MPI_Probe(MPI_ANY_SOURCE, {tag}, {comm}, MPI_STATUS_IGNORE);"));
            self.does(to, &recv(message));
            return;
        }
        self.does(
            to,
            &format!("{{ int found = 0; while (!found) MPI_Iprobe(MPI_ANY_SOURCE, {tag}, {comm}, &found, MPI_STATUS_IGNORE); }}"),
        );
        self.does(to, &recv(message));
    }

    fn collective(&mut self) {
        let comm = match self.below(3) {
            0 => Comm::World,
            1 => Comm::Copy,
            _ => Comm::Half,
        };
        let call = self.collective_call(comm);
        self.all(&call);
    }

    /// A collective operation; the root is rank 0 of the communicator.
    fn collective_call(&mut self, comm: Comm) -> String {
        let which = self.chance.next_u32() as usize % COLLECTIVES.len();
        let call = COLLECTIVES.get(which).expect("it is one of them");
        call.replace("COMM", comm.name())
    }

    fn plant(&mut self, fault: Fault) {
        match fault {
            Fault::NeverSent => {
                let message = self.message(SMALL);
                self.never_comes(message);
            }
            Fault::OtherTag => {
                let message = self.message(SMALL);
                self.does(message.from, &send(Message { tag: message.tag + 7, ..message }));
                self.never_comes(message);
            }
            Fault::OtherCommunicator => {
                let message = self.message(SMALL);
                self.does(message.from, &send(Message { comm: Comm::Copy, ..message }));
                self.never_comes(Message { comm: Comm::World, ..message });
            }
            Fault::Truncated => self.truncated(),
            Fault::SendsInACycle => self.sends_in_a_cycle(),
            Fault::ReceivesInACycle => self.receives_in_a_cycle(),
            Fault::CollectiveLeftOut => self.collective_left_out(),
            Fault::OtherCollective => self.other_collective(),
            Fault::OneTooMany => self.one_too_many(),
            Fault::Exits => self.ends("exit(3);"),
            Fault::Dies if self.is_heads() => self.ends("*(volatile char *)0 = 1;"),
            Fault::Dies => self.ends("abort();"),
            Fault::NeverCompleted => self.never_completed(),
            Fault::NeverReceived => {
                let message = self.message(SMALL);
                let place = self.does(message.from, &send(message));
                self.places.push(place);
            }
            Fault::BufferChanged => self.buffer_changed(),
            Fault::ProbedOnly => self.probed_only(),
            Fault::Livelock => self.livelock(),
        }
    }

    /// A rank waits for a message that is not sent.
    fn never_comes(&mut self, message: Message) {
        let place = if self.is_heads() {
            self.does(message.to, &recv(message))
        } else {
            self.does(message.to, &irecv(message, 1));
            self.does(message.to, &wait(1))
        };
        self.places.push(place);
    }

    fn truncated(&mut self) {
        let message = self.message(SMALL);
        self.does(message.from, &send(message));
        let place = self.does(message.to, &recv(Message { bytes: SMALL - 1, ..message }));
        self.places.push(place);
    }

    fn sends_in_a_cycle(&mut self) {
        self.steps += 1;
        let tag = 10 * self.steps;
        let around = |from: u32, ranks: u32| Message {
            from,
            to: (from + 1) % ranks,
            tag,
            bytes: LARGE,
            comm: Comm::World,
        };
        for from in 0..self.ranks {
            let place = self.does(from, &send(around(from, self.ranks)));
            self.places.push(place);
        }
        for from in 0..self.ranks {
            let message = around(from, self.ranks);
            self.does(message.to, &recv(message));
        }
    }

    fn receives_in_a_cycle(&mut self) {
        let there = self.message(SMALL);
        let back = Message { from: there.to, to: there.from, ..there };
        for message in [there, back] {
            let place = self.does(message.to, &recv(message));
            self.places.push(place);
        }
        for message in [there, back] {
            self.does(message.from, &send(message));
        }
    }

    fn collective_left_out(&mut self) {
        let left_out = self.below(self.ranks);
        let other = (left_out + 1) % self.ranks;
        self.steps += 1;
        // One that nobody leaves before all have entered it, whatever comes behind it.
        self.all(&format!("if (rank != {left_out}) MPI_Barrier(MPI_COMM_WORLD);"));
        self.places.push(Place { rank: other, line: self.lines.len() });
        let message = Message { from: other, to: left_out, ..self.message(SMALL) };
        self.does(other, &send(message));
        self.does(left_out, &recv(message));
    }

    fn other_collective(&mut self) {
        let odd = self.below(self.ranks);
        let other = (odd + 1) % self.ranks;
        self.all(&format!(
            "if (rank != {odd}) MPI_Allreduce(&number, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);"
        ));
        self.places.push(Place { rank: other, line: self.lines.len() });
        let place = self.does(odd, "MPI_Barrier(MPI_COMM_WORLD);");
        self.places.push(place);
    }

    fn one_too_many(&mut self) {
        let message = self.message(SMALL);
        for from in (0..self.ranks).filter(|from| *from != message.to) {
            self.does(from, &send(Message { from, ..message }));
        }
        let place = self.does(
            message.to,
            &format!("for (int i = 0; i < ranks; i++) {{ {} }}", recv_any(message)),
        );
        self.places.push(place);
    }

    /// A rank ends, of which no more is known than its last call.
    fn ends(&mut self, how: &str) {
        let message = self.message(SMALL);
        let place = self.does(message.from, &send(message));
        self.does(message.to, &recv(message));
        self.does(message.from, how);
        self.places.push(place);
    }

    fn never_completed(&mut self) {
        let message = self.message(SMALL);
        let place = self.does(message.from, &isend(message, 4));
        self.does(message.to, &recv(message));
        self.places.push(place);
    }

    fn buffer_changed(&mut self) {
        let message = self.message(LARGE);
        let place = self.does(message.from, &isend(message, 0));
        self.does(message.from, "out[0]++;");
        self.does(message.to, &recv(message));
        self.does(message.from, &wait(0));
        self.places.push(place);
    }

    fn probed_only(&mut self) {
        let message = self.message(SMALL);
        self.does(message.from, &send(message));
        let Message { to, tag, comm, .. } = message;
        let comm = comm.name();
        let place = self.does(
            to,
            &format!("for (;;) {{ int found; MPI_Iprobe(MPI_ANY_SOURCE, {tag}, {comm}, &found, MPI_STATUS_IGNORE); }}"),
        );
        self.places.push(place);
    }

    fn livelock(&mut self) {
        let there = self.message(SMALL);
        let back = Message { from: there.to, to: there.from, ..there };
        let place =
            self.does(there.from, &format!("for (;;) {{ {} {} }}", send(there), recv(back)));
        let other = self.does(there.to, &format!("for (;;) {{ {} {} }}", recv(there), send(back)));
        self.places.extend([place, other]);
    }
}

/// Collective operations of one communicator.
const COLLECTIVES: &[&str] = &[
    "MPI_Barrier(COMM);",
    "MPI_Bcast(out, 40, MPI_CHAR, 0, COMM);",
    "MPI_Allreduce(&number, &sum, 1, MPI_INT, MPI_SUM, COMM);",
    "MPI_Reduce(&number, &sum, 1, MPI_INT, MPI_MAX, 0, COMM);",
    "MPI_Gather(&number, 1, MPI_INT, numbers, 1, MPI_INT, 0, COMM);",
    "MPI_Alltoall(numbers, 1, MPI_INT, others, 1, MPI_INT, COMM);",
    "MPI_Scan(&number, &sum, 1, MPI_INT, MPI_SUM, COMM);",
    "{ MPI_Request one; MPI_Iallreduce(&number, &sum, 1, MPI_INT, MPI_SUM, COMM, &one); MPI_Wait(&one, MPI_STATUS_IGNORE); }",
];

fn send(message: Message) -> String {
    let Message { to, tag, bytes, comm, .. } = message;
    format!("MPI_Send(out, {bytes}, MPI_CHAR, {to}, {tag}, {});", comm.name())
}

fn isend(message: Message, request: u32) -> String {
    let Message { to, tag, bytes, comm, .. } = message;
    let comm = comm.name();
    format!("MPI_Isend(out, {bytes}, MPI_CHAR, {to}, {tag}, {comm}, &requests[{request}]);")
}

fn recv(message: Message) -> String {
    let Message { from, tag, bytes, comm, .. } = message;
    let comm = comm.name();
    format!("MPI_Recv(in, {bytes}, MPI_CHAR, {from}, {tag}, {comm}, MPI_STATUS_IGNORE);")
}

fn recv_any(message: Message) -> String {
    let Message { tag, bytes, comm, .. } = message;
    let comm = comm.name();
    format!("MPI_Recv(in, {bytes}, MPI_CHAR, MPI_ANY_SOURCE, {tag}, {comm}, MPI_STATUS_IGNORE);")
}

/// Each request of a step has a buffer of its own where it is one of several.
fn irecv(message: Message, request: u32) -> String {
    let Message { from, tag, bytes, comm, .. } = message;
    let comm = comm.name();
    format!(
        "MPI_Irecv(in + {request} * {LARGE}, {bytes}, MPI_CHAR, {from}, {tag}, {comm}, &requests[{request}]);"
    )
}

fn wait(request: u32) -> String {
    format!("MPI_Wait(&requests[{request}], MPI_STATUS_IGNORE);")
}

const BEGIN: &str = "\
#include <mpi.h>
#include <stdlib.h>
static char out[1000000], in[5000000];
int main(int argc, char **argv) {
    int rank, ranks, number = 1, sum, numbers[8] = {0}, others[8];
    MPI_Comm copy, half;
    MPI_Request requests[8];
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Comm_dup(MPI_COMM_WORLD, &copy);
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &half);";

const END: &str = "\
    MPI_Finalize();
    return 0;
}";
