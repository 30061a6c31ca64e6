//! What stands behind the `#` of the page's address: `join@81`, `tour=lost-key`, or in `play=` what `ringscope play` takes.
//!
//! A link is made of the command line that shows a view again, and a command line of a link, so that both lead to the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ringscope_screen::app::{Changes, Looking, Order};
use ringscope_screen::failure::Failure;
use ringscope_screen::settings::SettingOverrides;
use ringscope_sim::scenario::{SETTINGS, builtin};

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum Link {
    /// The start page.
    Start,
    /// A run in motion from its start.
    Run(PathBuf),
    /// A run, standing still where somebody looked at it.
    View(Box<LinkedView>),
    /// A lesson that comes with the program.
    Lesson(String),
}

/// A run, and what is looked at in it.
#[derive(Debug, Clone, Default)]
pub struct LinkedView {
    /// What opens the run.
    pub order: Order,
    /// What is looked at.
    pub looking: Looking,
    /// The run that it is compared with.
    pub other: Option<PathBuf>,
}

/// What the link of a run begins with that needs more than its name.
const PLAY: &str = "play=";

/// What the link of a lesson begins with.
const TOUR: &str = "tour=";

impl Link {
    /// Reads what stands behind the `#`.
    ///
    /// # Errors
    ///
    /// When it is no link of ours, with what is wrong.
    pub fn read(text: &str) -> Result<Link, Failure> {
        let text = decoded(text).ok_or_else(|| wrong("it is no text that was encoded"))?;
        if let Some(name) = text.strip_prefix(TOUR) {
            return Ok(Link::Lesson(name.to_owned()));
        }
        if let Some(line) = text.strip_prefix(PLAY) {
            let words = shlex::split(line).ok_or_else(|| wrong("a quote is not closed"))?;
            return Ok(Link::View(Box::new(view(words)?)));
        }
        let Some((word, at)) = text.rsplit_once('@') else {
            return Ok(if text.is_empty() { Link::Start } else { Link::Run(text.into()) });
        };
        let at = number("the event", at)?;
        let order = Order { at, ..Order::of(Path::new(word)) };
        Ok(Link::View(Box::new(LinkedView { order, ..LinkedView::default() })))
    }
}

/// The link to what a command line shows, with its `#`; `None` where there is none.
pub fn of(line: &str) -> Option<String> {
    let words = shlex::split(line)?;
    let (command, rest) = words.strip_prefix(&["ringscope".to_owned()])?.split_first()?;
    match (command.as_str(), rest) {
        ("tour", [name, ..]) => Some(format!("#{TOUR}{}", encoded(name))),
        ("play", [word, flags @ ..]) => {
            let of_play = || line.strip_prefix("ringscope play ").map(encoded);
            let short = short(word, flags);
            short.or_else(|| Some(format!("#{PLAY}{}", of_play()?)))
        }
        _ => None,
    }
}

/// The short form, where it says all.
fn short(word: &str, flags: &[String]) -> Option<String> {
    let seed = builtin::find(word).map(|one| one.scenario().settings.seed.to_string());
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let at = match flags.as_slice() {
        ["--seed", given, "--at", at] if Some((*given).to_owned()) == seed => at,
        ["--at", at] if seed.is_none() => at,
        _ => return None,
    };
    Some(format!("#{}@{at}", encoded(word)))
}

/// Reads the words that `ringscope play` takes.
fn view(words: Vec<String>) -> Result<LinkedView, Failure> {
    let mut words = words.into_iter();
    let word = words.next().ok_or_else(|| wrong("it names no run"))?;
    let mut view = LinkedView { order: Order::of(Path::new(&word)), ..LinkedView::default() };
    let mut settings = Vec::new();
    while let Some(flag) = words.next() {
        let name = flag.strip_prefix("--").ok_or_else(|| unknown(&flag))?;
        if view.switch(name) {
            continue;
        }
        let value = words.next().ok_or_else(|| wrong(format!("{flag} has no value")))?;
        match SETTINGS.iter().find(|setting| setting.name == name) {
            Some(setting) => settings.push((setting.name, value)),
            None => view.set(name, value)?,
        }
    }
    view.order.settings = SettingOverrides::from_iter(settings);
    Ok(view)
}

impl LinkedView {
    /// Takes a flag without a value; whether it is one.
    fn switch(&mut self, name: &str) -> bool {
        match name {
            "unchecked" => self.order.is_unchecked = true,
            "zoom" => self.looking.is_zoomed = true,
            "explain" => self.looking.explains = true,
            _ => return false,
        }
        true
    }

    /// Takes a flag with its value.
    fn set(&mut self, name: &str, value: String) -> Result<(), Failure> {
        let Changes { first, then } = &mut self.order.changes;
        let looking = &mut self.looking;
        match name {
            "at" => self.order.at = number("--at", &value)?,
            "first" => *first = Some(number("--first", &value)? as u64),
            "then" => then.push(value),
            "diff" => self.other = Some(value.into()),
            "pane" => looking.pane = Some(value),
            "select" => looking.select = Some(value),
            "filter" => looking.filter = Some(value),
            "why" => looking.why = Some(number("--why", &value)?),
            "search" => looking.search = Some(value),
            "break" => looking.breaks.push(value),
            "mark" => looking.marks.push(value),
            "scroll" => looking.scroll.push(value),
            "row" => looking.row = Some(number("--row", &value)?),
            _ => return Err(unknown(&format!("--{name}"))),
        }
        Ok(())
    }
}

fn wrong(what: impl Into<String>) -> Failure {
    Failure::about("the link", what)
}

fn unknown(word: &str) -> Failure {
    wrong(format!("has `{word}`, which is not known here"))
}

fn number(name: &str, text: &str) -> Result<usize, Failure> {
    text.parse().map_err(|_| wrong(format!("has `{text}` for {name}: it takes a number")))
}

/// A text as it can stand behind a `#`: all but letters, digits and a few signs as `%` and two digits (RFC 3986, section 2.1).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            other => drop(write!(encoded, "%{other:02X}")),
        }
        encoded
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, behind @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = behind;
            }
            (b'%', _) => return None,
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(link: &str) -> LinkedView {
        let text = link.strip_prefix('#').expect("a link begins with a hash");
        match Link::read(text) {
            Ok(Link::View(view)) => *view,
            other => panic!("{link}: {other:?}"),
        }
    }

    #[test]
    fn the_link_of_a_run_as_it_is_built_in_is_short() {
        let link = of("ringscope play join --seed 1 --at 81").expect("there is one");
        assert_eq!(link, "#join@81");
        assert_eq!((read(&link).order.at, read(&link).order.word), (81, "join".into()));
        assert_eq!(of("ringscope play mine.jsonl --at 3").as_deref(), Some("#mine.jsonl@3"));
        assert_eq!(of("ringscope tour lost-key --step 2").as_deref(), Some("#tour=lost-key"));
    }

    #[test]
    fn a_link_of_a_changed_run_has_what_the_command_line_has() {
        let line = "ringscope play join --seed 7 --window 4 --first 5 --then 'put 9 ü' --at 12 --pane events --zoom";
        let link = of(line).expect("there is one");
        assert!(link.starts_with("#play=join%20--seed%207%20"), "{link}");
        let LinkedView { order, looking, .. } = read(&link);
        let given: Vec<_> = order.settings.given().collect();
        assert_eq!(given, [("seed", "7".to_owned()), ("window", "4".to_owned())]);
        assert_eq!(order.changes.then, ["put 9 ü"]);
        assert_eq!((order.changes.first, order.at), (Some(5), 12));
        assert_eq!((looking.pane.as_deref(), looking.is_zoomed), (Some("events"), true));
    }

    #[test]
    fn what_is_no_link_is_said_to_be_none() {
        for (text, why) in [
            ("join@x", "the link: has `x` for the event: it takes a number"),
            ("play=join --nothing 3", "the link: has `--nothing`, which is not known here"),
            ("play=join --at", "the link: --at has no value"),
            ("%zz", "the link: it is no text that was encoded"),
        ] {
            assert_eq!(Link::read(text).expect_err(text).to_string(), why);
        }
    }
}
