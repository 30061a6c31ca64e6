//! Any line as a condition and as a query: `cargo fuzz run -s none read_condition corpus/read_condition
//! seeds/read_condition`.
//!
//! What is read can be asked of every event of a run; what is not is refused in plain text; and what completes a
//! line is a word that can be typed.

#![no_main]

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;
use ringscope::film::Film;
use ringscope::language::grammar::Lexicon;
use ringscope::language::{Condition, Query, condition, query};
use ringscope_sim::scenario::builtin;
use ringscope_traces::EventIndex;

thread_local! {
    static FILM: OnceCell<Film> = const { OnceCell::new() };
}

fuzz_target!(|line: &str| {
    FILM.with(|film| check(line, film.get_or_init(film_of_a_join)));
});

fn film_of_a_join() -> Film {
    let mut film = Film::live(builtin::find("join").expect("it is built in").scenario());
    film.wait();
    film
}

fn check(line: &str, film: &Film) {
    let lexicon = Lexicon::of(film);
    let events = || (0..film.len()).map(EventIndex);
    match Condition::parse(line, &lexicon) {
        Ok(condition) => assert!(events().filter(|at| condition.holds(film, *at)).count() <= film.len()),
        Err(error) => assert!(is_plain(&error.to_string())),
    }
    match Query::parse(line, &lexicon) {
        Ok(query) => assert!(events().filter(|at| query.matches(film, *at)).count() <= film.len()),
        Err(error) => assert!(is_plain(&error.to_string())),
    }
    let offered = condition::completions(line, &lexicon).into_iter();
    let mut offered = offered.chain(query::completions(line, &lexicon));
    assert!(offered.all(|word| is_plain(&word)));
}

fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control)
}
