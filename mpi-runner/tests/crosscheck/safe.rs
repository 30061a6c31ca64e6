//! The protocol in which nothing goes wrong, under real MPI.

use ringscope_sim::linearizability::linearizability;
use ringscope_traces::Ending;

use crate::called::{alone, crosscheck, with_each};
use crate::support::{Folder, Mpi};
use crate::{conforms_and_repeats, ending, verdict};

const COMMANDS: &str = "\
put 100 1
put 700 2
add 3 500
put 400 3
get 100
add 1 300
get 400
remove 500
put 400 4
get 250
add 3 800
put 0 1
get 700
remove 300
get 400
get 100
";

#[test]
fn safe_is_legal_and_linearizable_under_both_mpis_whatever_the_window() {
    let (_alone, folder) = (alone(), Folder::new());
    let cases: Vec<(u32, Mpi)> =
        [1, 2, 4, 16].into_iter().flat_map(|w| Mpi::ALL.map(|mpi| (w, mpi))).collect();
    with_each(&cases, |(window, mpi)| {
        let name = format!("safe-{window}-{}", mpi.short());
        let file = format!("{name}.dht");
        folder.write(&file, &format!("protocol safe\nranks 7\nwindow {window}\n{COMMANDS}"));
        let kept = format!("kept-{name}");
        let called = crosscheck(*mpi, &[&file, "--keep", &kept, "--json"], &folder);
        let verdict = verdict(&called)?;
        if !["same", "legal"].contains(&verdict.as_str()) || called.code != Some(0) {
            return Err(called.but(&verdict));
        }
        let trace = folder.trace(&format!("{kept}/{}.jsonl", mpi.short()));
        conforms_and_repeats(&trace).map_err(|what| called.but(&what))?;
        if !linearizability(&trace).holds() {
            return Err(called.but("not linearizable"));
        }
        match ending(&trace) {
            Some(Ending::Completed) => Ok(()),
            other => Err(called.but(&format!("{:?}", other.map(Ending::name)))),
        }
    });
}
