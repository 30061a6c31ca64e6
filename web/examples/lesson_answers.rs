//! The lessons that come with the program, as who goes through them has to know them: where the run stands in each step, and
//! a wrong and the right answer to each question. As JSON, for `web/check`.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use ringscope_screen::tour::builtin::{ALL, BuiltIn};
use ringscope_screen::tour::{Question, QuestionKind, Shelf, Step, Tour};
use serde_json::{Value, json};

fn main() {
    let lessons: Vec<Value> = ALL.iter().map(lesson).collect();
    println!("{}", json!(lessons));
}

fn lesson(one: &'static BuiltIn) -> Value {
    let tour =
        Tour::open(&Shelf::built_in(one)).unwrap_or_else(|faults| panic!("{}", faults.errors));
    let steps: Vec<Value> = tour.steps.iter().map(|step| shown(&tour, step)).collect();
    json!({ "name": tour.name, "title": tour.title, "steps": steps })
}

fn shown(tour: &Tour, step: &Step) -> Value {
    let run = tour.runs.get(step.stop.run).expect("a stop is in a run of its lesson");
    let questions: Vec<Value> = step.questions.iter().map(asked).collect();
    json!({ "event": step.stop.cursor, "events": run.timeline.len(), "questions": questions })
}

fn asked(question: &Question) -> Value {
    let kind = match question.kind {
        QuestionKind::Choice { .. } => "choice",
        QuestionKind::Number { .. } => "number",
        QuestionKind::Node { .. } => "node",
    };
    let hint: String = question.hint.iter().map(|span| span.text.as_str()).collect();
    json!({
        "kind": kind,
        "wrong": question.wrong_answer().to_string(),
        "right": question.answer().to_string(),
        "hint": hint,
    })
}
