//! Runs and a lesson for the tests.

use ringscope_sim::explore::ExploreSettings;
use ringscope_sim::explore::choices::ChoiceGraph;
use ringscope_sim::scenario::{Scenario, builtin};

use super::App;
use super::keys::KeyPress;
use crate::timeline::Timeline;
use crate::tour::{Shelf, Tour};

/// The run of a scenario.
pub(crate) fn timeline(text: &str) -> Timeline {
    Timeline::live(Scenario::parse("test", text).expect("the test's scenario is good"))
}

/// The run of a built-in scenario.
pub(crate) fn built_in(name: &str, cursor: usize) -> App {
    let scenario = builtin::find(name).expect("a built-in scenario").scenario();
    App::new(Timeline::live(scenario), name, cursor)
}

/// The run of a scenario that was explored, to as many states at most.
pub(crate) fn explored(text: &str, states: u64) -> App {
    let scenario = Scenario::parse("test", text).expect("the test's scenario is good");
    let settings = ExploreSettings { states, ..ExploreSettings::default() };
    let graph = ChoiceGraph::explore(&scenario, settings, &mut |_| true);
    let mut app = App::new(Timeline::live(scenario), "test", 0);
    app.offer_choices(graph, &[("--explore", None)]);
    app
}

/// A GET behind a PUT that a join may overtake: in some orders it is never answered.
pub(crate) const RACE: &str = "window 2\nadd 3 500\nput 400 4\nget 400";

/// Goes on with what most ways fail behind, until the run has failed.
pub(crate) fn fail(app: &mut App) {
    loop {
        let here = app.choices_here().expect("all is explored");
        let worst = here.alternatives.iter().enumerate().max_by_key(|(_, one)| one.ways.failing());
        let Some((row, one)) = worst else { return };
        if one.ways.completing() == 0 && here.taken.is_some() {
            return press(app, "end");
        }
        app.choose_alternative_row(row);
        press(app, "enter");
    }
}

/// Presses keys as the configuration writes them, separated by white space.
pub(crate) fn press(app: &mut App, keys: &str) {
    for key in keys.split_whitespace() {
        app.press(key.parse::<KeyPress>().expect("a key"));
    }
}

/// Types a line and ends it.
pub(crate) fn type_line(app: &mut App, line: &str) {
    app.paste(line);
    press(app, "enter");
}

/// A lesson in which each kind of question is asked, and two runs are compared.
pub(crate) fn tour() -> Tour {
    let tour = Tour::open(&Shelf::alone("test", LESSON));
    tour.unwrap_or_else(|faults| panic!("{}", faults.errors))
}

/// Three steps, a question of each kind; the last step compares two runs.
const LESSON: &str = "\
---
title: A lesson
about: It is for the tests.
run: join
run other: join, window 2
---

## First

```stop
when: rank 3 joins
look: rank 6
```

Rank 3 has the id `{id of rank 3}`.

```question
ask: Who owns key 1?
option: rank 0 | owner of key 1 is rank 0
option: rank 3 | owner of key 1 is rank 3
option: rank 6 | owner of key 1 is rank 6
hint: Nobody was told yet.
right: Yes.
```

```question
ask: How many keys?
number: number of keys
hint: Count.
```

## Second

```stop
when: key 400 moves
```

```question
ask: Where is it now?
node: owner of key 400
hint: Where it moved.
```

## Third

```stop
compare: other
at: divergence
```

They part here.
";
