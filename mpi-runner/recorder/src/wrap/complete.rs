//! Waiting for requests and looking after them: where a receive that was begun is completed.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::note::{Note, note};
use crate::real::{Handle, SUCCESS, StatusBuffer};
use crate::recording::{Recording, Request, is_on, with};

/// Some of a program's requests while MPI looks after them.
///
/// They are taken out of the recording before, since MPI may give a completed one's handle to another
/// thread's request before this one has written anything down.
struct Requests {
    /// The program's array.
    handles: *const c_void,
    /// In the program's order; `None` for those of which there is nothing to write down.
    taken: Vec<(Handle, Option<Request>)>,
}

impl Requests {
    fn take(requests: *const c_void, count: usize) -> Requests {
        let take = |recording: &mut Recording| {
            let of = |place| {
                // SAFETY: the program's array has so many.
                let handle = unsafe { recording.abi.handle_at(requests, place) };
                (handle, recording.take_request(handle))
            };
            (0..count).map(of).collect()
        };
        Requests { handles: requests, taken: with(take).unwrap_or_default() }
    }

    /// Writes down that the one at a place was completed, with that status of several.
    fn completed(&mut self, place: usize, (statuses, at): (*mut c_void, usize)) {
        let Some((handle, request)) = self.taken.get_mut(place) else { return };
        let Some(done) = request.take().map(Request::completed) else { return };
        with(|recording| {
            if let Some(room) = done.room {
                // SAFETY: MPI has filled the statuses of what is completed.
                unsafe {
                    let status = recording.abi.status_at(statuses, at);
                    recording.received(&room, status);
                }
            }
            if let Some(again) = done.again {
                recording.begin_request(*handle, again);
            }
        });
    }

    /// Writes down those that a call says it has completed, each with its place among the statuses.
    ///
    /// A call that has completed some and failed with others says so, and in each status which it is.
    fn completed_each(
        &mut self,
        (code, statuses): (c_int, *mut c_void),
        places: impl Iterator<Item = (usize, usize)>,
    ) {
        let says_in_statuses = |recording: &mut Recording| recording.abi.is_error_in_status(code);
        if code != SUCCESS && with(says_in_statuses) != Some(true) {
            return;
        }
        for (place, at) in places {
            // SAFETY: MPI has filled the statuses, which it says itself.
            let error = |recording: &mut Recording| unsafe {
                recording.abi.error(recording.abi.status_at(statuses, at))
            };
            if code == SUCCESS || with(error) == Some(SUCCESS) {
                self.completed(place, (statuses, at));
            }
        }
    }

    /// Puts back those that are still to be completed: the program's array has their handles as before.
    ///
    /// A request that failed has none any more, and another one may get its handle.
    fn put_back(self) {
        for (place, (handle, request)) in self.taken.into_iter().enumerate() {
            let Some(request) = request else { continue };
            with(|recording| {
                // SAFETY: the array has that place.
                let now = unsafe { recording.abi.handle_at(self.handles, place) };
                if now == handle {
                    recording.begin_request(handle, request);
                }
            });
        }
    }
}

/// The caller's statuses, or room for as many where the caller wants none.
fn room(own: &mut StatusBuffer, statuses: *mut c_void, count: usize) -> *mut c_void {
    with(|recording| own.or_given(recording.abi, (statuses, count))).unwrap_or(statuses)
}

/// A number of elements as C has it.
fn counted(count: c_int) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// Waits for some, or looks after them: those that were completed are named by their places.
fn some(
    (requests, statuses): (*mut c_void, *mut c_void),
    (count, completed, places): (c_int, *mut c_int, *mut c_int),
    real: impl FnOnce(*mut c_void) -> c_int,
) -> c_int {
    if !is_on() {
        return real(statuses);
    }
    let mut taken = Requests::take(requests, counted(count));
    let mut own = StatusBuffer::new();
    let statuses = room(&mut own, statuses, counted(count));
    let code = real(statuses);
    // SAFETY: MPI has said there how many, or that there is none to wait for: a negative number.
    let completed = counted(unsafe { *completed });
    // SAFETY: so many places were named.
    let place = |at| (counted(unsafe { *places.add(at) }), at);
    taken.completed_each((code, statuses), (0..completed).map(place));
    taken.put_back();
    code
}

wrap! {
    MPI_Wait(request: *mut c_void, status: *mut c_void) as real => {
        if !is_on() {
            return real(request, status);
        }
        let mut taken = Requests::take(request, 1);
        let mut own = StatusBuffer::new();
        let status = room(&mut own, status, 1);
        let code = real(request, status);
        if code == SUCCESS {
            taken.completed(0, (status, 0));
        }
        taken.put_back();
        code
    }

    MPI_Test(request: *mut c_void, flag: *mut c_int, status: *mut c_void) as real => {
        if !is_on() {
            return real(request, flag, status);
        }
        let mut taken = Requests::take(request, 1);
        let mut own = StatusBuffer::new();
        let status = room(&mut own, status, 1);
        let code = real(request, flag, status);
        // SAFETY: MPI has said there whether it is completed.
        if code == SUCCESS && unsafe { *flag } != 0 {
            taken.completed(0, (status, 0));
        }
        taken.put_back();
        code
    }

    MPI_Waitall(count: c_int, requests: *mut c_void, statuses: *mut c_void) as real => {
        if !is_on() {
            return real(count, requests, statuses);
        }
        let mut taken = Requests::take(requests, counted(count));
        let mut own = StatusBuffer::new();
        let statuses = room(&mut own, statuses, counted(count));
        let code = real(count, requests, statuses);
        taken.completed_each((code, statuses), (0..counted(count)).map(|place| (place, place)));
        taken.put_back();
        code
    }

    MPI_Testall(
        count: c_int, requests: *mut c_void, flag: *mut c_int, statuses: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, flag, statuses);
        }
        let mut taken = Requests::take(requests, counted(count));
        let mut own = StatusBuffer::new();
        let statuses = room(&mut own, statuses, counted(count));
        let code = real(count, requests, flag, statuses);
        // SAFETY: MPI has said there whether all are completed.
        if code != SUCCESS || unsafe { *flag } != 0 {
            taken.completed_each((code, statuses), (0..counted(count)).map(|place| (place, place)));
        }
        taken.put_back();
        code
    }

    MPI_Waitany(
        count: c_int, requests: *mut c_void, place: *mut c_int, status: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, place, status);
        }
        let mut taken = Requests::take(requests, counted(count));
        let mut own = StatusBuffer::new();
        let status = room(&mut own, status, 1);
        let code = real(count, requests, place, status);
        // SAFETY: MPI has said there which one, or that there is none to wait for: a negative number.
        if code == SUCCESS && let Ok(place) = usize::try_from(unsafe { *place }) {
            taken.completed(place, (status, 0));
        }
        taken.put_back();
        code
    }

    MPI_Testany(
        count: c_int, requests: *mut c_void, place: *mut c_int, flag: *mut c_int,
        status: *mut c_void
    ) as real => {
        if !is_on() {
            return real(count, requests, place, flag, status);
        }
        let mut taken = Requests::take(requests, counted(count));
        let mut own = StatusBuffer::new();
        let status = room(&mut own, status, 1);
        let code = real(count, requests, place, flag, status);
        // SAFETY: MPI has said there whether one is completed, and which.
        let (flag, place) = unsafe { (*flag, *place) };
        if code == SUCCESS && flag != 0 && let Ok(place) = usize::try_from(place) {
            taken.completed(place, (status, 0));
        }
        taken.put_back();
        code
    }

    MPI_Waitsome(
        count: c_int, requests: *mut c_void, completed: *mut c_int, places: *mut c_int,
        statuses: *mut c_void
    ) as real => {
        some((requests, statuses), (count, completed, places), |statuses| {
            real(count, requests, completed, places, statuses)
        })
    }

    MPI_Testsome(
        count: c_int, requests: *mut c_void, completed: *mut c_int, places: *mut c_int,
        statuses: *mut c_void
    ) as real => {
        some((requests, statuses), (count, completed, places), |statuses| {
            real(count, requests, completed, places, statuses)
        })
    }

    MPI_Request_free(request: *mut c_void) as real => {
        // SAFETY: it points to a handle.
        let freed = with(|recording| unsafe {
            let handle = recording.abi.handle_at(request, 0);
            recording.take_request(handle)
        });
        if freed.flatten().as_ref().is_some_and(Request::is_owed) {
            note(Note::FreedReceive, "");
        }
        real(request)
    }
}
