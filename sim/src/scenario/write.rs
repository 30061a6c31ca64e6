//! A scenario written in its own language.

use std::fmt::Write;

use super::settings::{SETTINGS, Settings};
use crate::protocol::{Command, Run};

/// The settings that are not as they always are, then the commands.
pub(super) fn text(settings: &Settings, runs: &[Run]) -> String {
    let mut text = String::new();
    let usual = Settings::default();
    for setting in SETTINGS {
        let value = setting.value(settings);
        if let Some(value) = value.filter(|value| setting.value(&usual).as_ref() != Some(value)) {
            line(&mut text, format_args!("{} {value}", setting.name));
        }
    }
    for run in runs {
        write_run(&mut text, run);
    }
    text
}

fn write_run(text: &mut String, run: &Run) {
    match (run.first, expression(run)) {
        (Command::Put { key, .. }, Some(value)) if run.count > 1 => {
            line(text, format_args!("put {} {value}", range(key.0, run)));
        }
        (Command::Get { key }, _) if run.count > 1 && run.key_step > 0 => {
            line(text, format_args!("get {}", range(key.0, run)));
        }
        _ => (0..run.count).for_each(|i| line(text, format_args!("{}", run.command(i)))),
    }
}

fn range(first: i64, run: &Run) -> String {
    let last = i128::from(first) + i128::from(run.key_step) * i128::from(run.count - 1);
    match run.key_step {
        1 => format!("{first}..={last}"),
        step => format!("{first}..={last} step {step}"),
    }
}

/// A run's value as made from its key; `None` when the language cannot say it in one line.
fn expression(run: &Run) -> Option<String> {
    let Command::Put { key, value } = run.first else { return None };
    if run.key_step < 1 || run.value_step.checked_rem(run.key_step)? != 0 {
        return None;
    }
    let times = run.value_step / run.key_step;
    let plus = i128::from(value.0) - i128::from(times) * i128::from(key.0);
    let plus = i64::try_from(plus).ok()?;
    let product = match times {
        0 => return Some(plus.to_string()),
        1 => "key".to_owned(),
        times => format!("key*{times}"),
    };
    Some(if plus == 0 { product } else { format!("{product}{plus:+}") })
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(text, "{words}").expect("a string takes everything");
}
