//! `MPI_Wait`, `MPI_Test` and their kin, which complete requests.

use std::ffi::{c_int, c_void};

use ringscope_traces::calls::note::MOST_WAITS;
use ringscope_traces::calls::{Became, Post};

use super::wrap;
use crate::note::{Note, note};
use crate::real::{Handle, SUCCESS, StatusBuffer};
use crate::recording::{Calling, Recording, Request, WaitsFor, abi, enter, is_on, leave, with};

/// Requests of the program during a call that may complete them.
///
/// They are taken out of the recording before the call, since MPI may give the handle of a completed request
/// to another thread's request before this thread has recorded anything.
struct Requests {
    /// The program's array.
    handles: *const c_void,
    /// In the program's order; `None` for those of which there is nothing to record.
    taken: Vec<(Handle, Option<Request>)>,
    /// The first of them that are under way.
    posts: Vec<Post>,
}

impl Requests {
    /// Begins a call that waits for all of these requests, or for one of them.
    fn take(calling: Calling, all: bool, requests: *const c_void, count: usize) -> Requests {
        let take = |recording: &mut Recording| {
            let of = |index| {
                // SAFETY: the program's array has that many.
                let handle = unsafe { recording.abi.handle_at(requests, index) };
                (handle, recording.take_request(handle))
            };
            let taken: Vec<(Handle, Option<Request>)> = (0..count).map(of).collect();
            let posts: Vec<Post> = taken
                .iter()
                .filter_map(|(_, request)| request.as_ref().and_then(Request::post))
                .take(MOST_WAITS)
                .collect();
            recording.begin_completing(calling, &posts);
            let total = taken.iter().filter(|(_, request)| request.is_some()).count();
            recording.waits(WaitsFor { all, total, posts: &posts });
            (taken, posts)
        };
        let (taken, posts) = enter(take).unwrap_or_default();
        Requests { handles: requests, taken, posts }
    }

    /// Records that the request at an index is complete, with the status at an index of the statuses.
    fn completed(&mut self, index: usize, statuses: *mut c_void, at: usize) {
        with(|recording| self.complete(recording, (index, at), statuses));
    }

    fn complete(
        &mut self,
        recording: &mut Recording,
        (index, at): (usize, usize),
        statuses: *mut c_void,
    ) {
        let Some((handle, request)) = self.taken.get_mut(index) else { return };
        let Some(mut request) = request.take() else { return };
        recording.is_waited_for(&mut request);
        let awaited = request.completed();
        if let Some(done) = awaited.done {
            // SAFETY: MPI has filled the statuses of what is completed.
            unsafe {
                let status = recording.abi.status_at(statuses, at);
                recording.done(done, status);
            }
        }
        if let Some(again) = awaited.again {
            recording.begin_request(*handle, again);
        }
    }

    /// Records the requests that a call has completed, each with its index among the statuses.
    ///
    /// A call that has completed some and failed with others returns that, and each status has its error.
    fn completed_each(
        &mut self,
        code: c_int,
        statuses: *mut c_void,
        indices: impl Iterator<Item = (usize, usize)>,
    ) {
        with(|recording| {
            if code != SUCCESS && !recording.abi.is_error_in_status(code) {
                return;
            }
            for (index, at) in indices {
                // SAFETY: MPI has filled the statuses, as its return code says.
                let error =
                    || unsafe { recording.abi.error(recording.abi.status_at(statuses, at)) };
                if code == SUCCESS || error() == SUCCESS {
                    self.complete(recording, (index, at), statuses);
                }
            }
        });
    }

    /// Ends the call, and puts back the requests that are not complete: the program's array still has their
    /// handles.
    ///
    /// A request that failed is freed, and another one may get its handle. A call that had nothing to wait for has
    /// changed nothing, either.
    fn put_back(self, code: c_int, found: Found) -> c_int {
        let found_nothing = found != Found::Something || self.posts.is_empty();
        let posts = self.posts;
        for (index, (handle, request)) in self.taken.into_iter().enumerate() {
            let Some(request) = request else { continue };
            with(|recording| {
                // SAFETY: the index is within the array.
                let now = unsafe { recording.abi.handle_at(self.handles, index) };
                if now == handle {
                    recording.begin_request(handle, request);
                } else if let Some(post) = request.post() {
                    // It is gone, and was not complete.
                    recording.complete(post, Became::Failed, false);
                }
            });
        }
        leave(code, |recording| {
            if code == SUCCESS && found_nothing {
                recording.found_nothing(posts, found == Found::NoneActive);
            }
        })
    }
}

/// What a call has found that completes requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// One that is complete.
    Something,
    /// None that is complete yet.
    Nothing,
    /// None that is active.
    NoneActive,
}

impl Found {
    /// By whether MPI says that something is complete.
    fn by(flag: c_int) -> Found {
        if flag == 0 { Found::Nothing } else { Found::Something }
    }

    /// By which one is complete, or how many are: a negative number where none is active (`MPI_UNDEFINED`).
    fn by_number(number: c_int) -> Found {
        if number < 0 { Found::NoneActive } else { Found::Something }
    }
}

/// The caller's statuses, or a buffer for as many where the caller ignores them.
fn status_buffer(own: &mut StatusBuffer, statuses: *mut c_void, count: usize) -> *mut c_void {
    abi().map_or(statuses, |abi| own.or_given(abi, statuses, count))
}

/// A count of C's as a number of elements.
fn counted(count: c_int) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// The arguments of `MPI_Waitsome` and `MPI_Testsome`, which return the indices of the requests that are
/// complete.
struct SomeRequests {
    calling: Calling,
    count: c_int,
    requests: *mut c_void,
    completed: *mut c_int,
    indices: *mut c_int,
    statuses: *mut c_void,
}

impl SomeRequests {
    /// Calls the real function with the statuses that it is to fill, and records what it has completed.
    fn record(self, real: impl FnOnce(*mut c_void) -> c_int) -> c_int {
        if !is_on() {
            return real(self.statuses);
        }
        let mut taken = Requests::take(self.calling, false, self.requests, counted(self.count));
        let mut own = StatusBuffer::new();
        let statuses = status_buffer(&mut own, self.statuses, counted(self.count));
        let code = real(statuses);
        // SAFETY: MPI has said there how many, or that there is none to wait for: a negative number.
        let completed = counted(unsafe { *self.completed });
        // SAFETY: MPI has written that many indices.
        let index = |at| (counted(unsafe { *self.indices.add(at) }), at);
        taken.completed_each(code, statuses, (0..completed).map(index));
        // SAFETY: as above.
        let found = match unsafe { *self.completed } {
            0 => Found::Nothing,
            number => Found::by_number(number),
        };
        taken.put_back(code, found)
    }
}

wrap! {
    MPI_Wait(request: *mut c_void, status: *mut c_void) as real => {
        if !is_on() {
            return real(request, status);
        }
        let mut taken = Requests::take(Calling::blocking("MPI_Wait"), true, request, 1);
        let mut own = StatusBuffer::new();
        let status = status_buffer(&mut own, status, 1);
        let code = real(request, status);
        if code == SUCCESS {
            taken.completed(0, status, 0);
        }
        taken.put_back(code, Found::Something)
    }

    MPI_Test(request: *mut c_void, flag: *mut c_int, status: *mut c_void) as real => {
        if !is_on() {
            return real(request, flag, status);
        }
        let mut taken = Requests::take(Calling::named("MPI_Test"), true, request, 1);
        let mut own = StatusBuffer::new();
        let status = status_buffer(&mut own, status, 1);
        let code = real(request, flag, status);
        // SAFETY: MPI has said there whether it is completed.
        if code == SUCCESS && unsafe { *flag } != 0 {
            taken.completed(0, status, 0);
        }
        // SAFETY: as above.
        taken.put_back(code, Found::by(unsafe { *flag }))
    }

    MPI_Waitall(count: c_int, requests: *mut c_void, statuses: *mut c_void) as real => {
        if !is_on() {
            return real(count, requests, statuses);
        }
        let mut taken = Requests::take(Calling::blocking("MPI_Waitall"), true, requests, counted(count));
        let mut own = StatusBuffer::new();
        let statuses = status_buffer(&mut own, statuses, counted(count));
        let code = real(count, requests, statuses);
        taken.completed_each(code, statuses, (0..counted(count)).map(|index| (index, index)));
        taken.put_back(code, Found::Something)
    }

    MPI_Testall(
        count: c_int, requests: *mut c_void, flag: *mut c_int, statuses: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, flag, statuses);
        }
        let mut taken = Requests::take(Calling::named("MPI_Testall"), true, requests, counted(count));
        let mut own = StatusBuffer::new();
        let statuses = status_buffer(&mut own, statuses, counted(count));
        let code = real(count, requests, flag, statuses);
        // SAFETY: MPI has said there whether all are completed.
        if code != SUCCESS || unsafe { *flag } != 0 {
            taken.completed_each(code, statuses, (0..counted(count)).map(|index| (index, index)));
        }
        // SAFETY: as above.
        taken.put_back(code, Found::by(unsafe { *flag }))
    }

    MPI_Waitany(
        count: c_int, requests: *mut c_void, index: *mut c_int, status: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, index, status);
        }
        let mut taken = Requests::take(Calling::blocking("MPI_Waitany"), false, requests, counted(count));
        let mut own = StatusBuffer::new();
        let status = status_buffer(&mut own, status, 1);
        let code = real(count, requests, index, status);
        // SAFETY: MPI has said there which one, or that there is none to wait for: a negative number.
        if code == SUCCESS && let Ok(index) = usize::try_from(unsafe { *index }) {
            taken.completed(index, status, 0);
        }
        // SAFETY: as above.
        taken.put_back(code, Found::by_number(unsafe { *index }))
    }

    MPI_Testany(
        count: c_int, requests: *mut c_void, index: *mut c_int, flag: *mut c_int,
        status: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, index, flag, status);
        }
        let mut taken = Requests::take(Calling::named("MPI_Testany"), false, requests, counted(count));
        let mut own = StatusBuffer::new();
        let status = status_buffer(&mut own, status, 1);
        let code = real(count, requests, index, flag, status);
        // SAFETY: MPI has said there whether one is completed, and which.
        let (flag, index) = unsafe { (*flag, *index) };
        if code == SUCCESS && flag != 0 && let Ok(index) = usize::try_from(index) {
            taken.completed(index, status, 0);
        }
        let found = if flag == 0 { Found::Nothing } else { Found::by_number(index) };
        taken.put_back(code, found)
    }

    MPI_Waitsome(
        count: c_int, requests: *mut c_void, completed: *mut c_int, indices: *mut c_int,
        statuses: *mut c_void
    ) as real => {
        let some = SomeRequests { calling: Calling::blocking("MPI_Waitsome"), count, requests, completed, indices, statuses };
        some.record(|statuses| real(count, requests, completed, indices, statuses))
    }

    MPI_Testsome(
        count: c_int, requests: *mut c_void, completed: *mut c_int, indices: *mut c_int,
        statuses: *mut c_void
    ) as real => {
        let some = SomeRequests { calling: Calling::named("MPI_Testsome"), count, requests, completed, indices, statuses };
        some.record(|statuses| real(count, requests, completed, indices, statuses))
    }

    MPI_Request_free(request: *mut c_void) as real => {
        let freed = enter(|recording| {
            recording.begin(Calling::named("MPI_Request_free"));
            // SAFETY: it points to a handle.
            let handle = unsafe { recording.abi.handle_at(request, 0) };
            let freed = recording.take_request(handle);
            if let Some(request) = &freed {
                recording.ends_life(request);
                if let Some(post) = request.post() {
                    recording.complete(post, request.when_freed(), false);
                }
            }
            freed
        });
        if freed.flatten().as_ref().is_some_and(Request::is_owed) {
            note(Note::FreedReceive, "");
        }
        leave(real(request), |_| {})
    }

    MPI_Cancel(request: *mut c_void) as real => {
        enter(|recording| {
            recording.begin(Calling::named("MPI_Cancel"));
            // SAFETY: it points to a handle.
            let handle = unsafe { recording.abi.handle_at(request, 0) };
            recording.cancel(handle);
        });
        leave(real(request), |_| {})
    }
}
