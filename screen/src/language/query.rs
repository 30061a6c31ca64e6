//! What events are looked for, and which are listed: `rank 3 PUT 612`.

use ringscope_sim::protocol::{Key, TagInfo};
use ringscope_traces::{EventIndex, Op, Payload, Rank, Tag};

use super::grammar::{self, Argument, Form, ParseError, SymbolTable, Token};
use super::payload;
use crate::timeline::{EventInfo, Timeline};

/// What an event has to be, all of it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// How it was typed.
    pub text: String,
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// The event is of that rank, or of a message from or to it.
    Rank(Rank),
    /// The message has one of these tags.
    Tags(Vec<Tag>),
    /// The message is sent, or received.
    Op(Op),
    /// The message speaks of that key.
    Key(Key),
    /// The number stands in the payload.
    Number(i64),
    /// The text stands in the payload, in lower case.
    Text(String),
}

/// Words that are no names of tags and no numbers, and what they ask for.
const FORMS: &[(Form, &str)] = &[
    (&[Token::Word("rank"), Token::Rank], "events of the rank, and messages to and from it"),
    (&[Token::Word("tag"), Token::Tag], "messages with the tag"),
    (&[Token::Word("key"), Token::Key], "messages that speak of the key"),
    (&[Token::Word("sends")], "messages as they are sent"),
    (&[Token::Word("receives")], "messages as they are received"),
];

/// What parts of tags' names are told apart by, as in `ADD|REMOVE`.
const OR: char = '|';

fn forms() -> Vec<Form> {
    FORMS.iter().map(|(form, _)| *form).collect()
}

/// Every word as it is written, and what it asks for.
pub fn help() -> impl Iterator<Item = (String, &'static str)> {
    let forms = FORMS.iter().map(|(form, what)| (grammar::shown(form), *what));
    forms.chain([
        ("ADD|RED".to_owned(), "messages whose tag has one of these in its name"),
        ("612".to_owned(), "messages whose payload has the number"),
        ("anything".to_owned(), "messages whose payload has the text"),
    ])
}

/// What a line could go on with.
pub fn completions(text: &str, lexicon: &SymbolTable) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_new = text.ends_with(char::is_whitespace);
    let before = if is_new { words.last() } else { words.iter().nth_back(1) };
    let takes_more = |word: &&&str| ["rank", "tag", "key"].contains(&word.to_lowercase().as_str());
    match before.filter(takes_more) {
        Some(word) => {
            let begun = if is_new { "" } else { words.last().copied().unwrap_or("") };
            grammar::completions(&forms(), &format!("{word} {begun}"), lexicon)
        }
        None if is_new => grammar::completions(&forms(), "", lexicon),
        None => grammar::completions(&forms(), words.last().copied().unwrap_or(""), lexicon),
    }
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    ///
    /// When a rank, a tag or a key that it names is none.
    ///
    /// ```
    /// use ringscope_screen::language::Query;
    /// use ringscope_screen::language::grammar::SymbolTable;
    /// use ringscope_screen::timeline::Timeline;
    /// use ringscope_sim::scenario::builtin;
    ///
    /// let timeline = Timeline::live(builtin::find("join").expect("it is built in").scenario());
    /// let query = Query::parse("rank 3 key 400", &SymbolTable::of(&timeline)).expect("a query");
    /// let events = (1..=timeline.len()).filter_map(|cursor| timeline.event_at(cursor));
    /// let found: Vec<_> = events.filter(|at| query.matches(&timeline, *at)).collect();
    /// assert!(!found.is_empty() && found.len() < timeline.len());
    /// ```
    pub fn parse(text: &str, lexicon: &SymbolTable) -> Result<Query, ParseError> {
        let forms = forms();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut rest = &words[..];
        let mut terms = Vec::new();
        while let [word, ..] = rest {
            let form = forms.iter().find(|form| begins(form, word));
            let used = form.map_or(1, |form| form.len()).min(rest.len());
            let term = match form {
                Some(_) => formed(grammar::read(&forms, &rest[..used], lexicon)?.1, word),
                None => loose(word, lexicon),
            };
            terms.push(term);
            rest = &rest[used..];
        }
        Ok(Query { text: text.trim().to_owned(), terms })
    }

    /// Whether it asks for nothing, and so for everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether an event is what it asks for.
    pub fn matches(&self, timeline: &Timeline, at: EventIndex) -> bool {
        let info = timeline.info(at);
        // Payloads are read from the file: only when everything else is right.
        self.terms.iter().all(|term| term.allows(&info) != Some(false)) && {
            let mut open = self.terms.iter().filter(|term| term.allows(&info).is_none()).peekable();
            open.peek().is_none() || {
                let (data, tag) = (timeline.data(at), timeline.commands_of().tag(info.tag));
                open.all(|term| term.is_in(&data, tag))
            }
        }
    }
}

fn begins(form: Form, word: &str) -> bool {
    matches!(form, [Token::Word(own), ..] if own.eq_ignore_ascii_case(word))
}

fn formed(meant: Vec<Argument>, word: &str) -> Term {
    match meant[..] {
        [_, Argument::Rank(rank)] => Term::Rank(rank),
        [_, Argument::Tag(tag)] => Term::Tags(vec![tag]),
        [_, Argument::Key(key)] => Term::Key(key),
        _ if word.eq_ignore_ascii_case("sends") => Term::Op(Op::Send),
        _ => Term::Op(Op::Recv),
    }
}

/// Parts of tags' names, a number, or a text.
fn loose(word: &str, lexicon: &SymbolTable) -> Term {
    let parts: Vec<Vec<Tag>> = word.split(OR).map(|part| tags_like(part, lexicon)).collect();
    if parts.iter().all(|tags| !tags.is_empty()) {
        return Term::Tags(parts.concat());
    }
    match word.parse() {
        Ok(number) => Term::Number(number),
        Err(_) => Term::Text(word.to_lowercase()),
    }
}

/// One letter is in too many names to mean one.
fn tags_like(part: &str, lexicon: &SymbolTable) -> Vec<Tag> {
    if part.len() < 2 { Vec::new() } else { lexicon.tags_like(part) }
}

impl Term {
    /// Whether it holds of an event; `None` when only the payload can tell.
    fn allows(&self, info: &EventInfo) -> Option<bool> {
        match self {
            Term::Rank(rank) => Some(info.rank == *rank || info.peer == *rank),
            Term::Tags(tags) => Some(tags.contains(&info.tag)),
            Term::Op(op) => Some(info.op == *op),
            Term::Key(_) | Term::Number(_) | Term::Text(_) => None,
        }
    }

    fn is_in(&self, data: &Payload, tag: Option<&TagInfo>) -> bool {
        match self {
            Term::Key(key) => payload::is_about(data, *key, tag),
            Term::Number(number) => payload::has_number(data, *number),
            Term::Text(text) => data.to_string().to_lowercase().contains(text),
            Term::Rank(_) | Term::Tags(_) | Term::Op(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::timeline;

    fn found(text: &str) -> Vec<usize> {
        let timeline = timeline("ranks 4\nput 5 50\nput 6 60\nget 5\n");
        let query = Query::parse(text, &SymbolTable::of(&timeline)).expect("a query");
        (0..timeline.len()).filter(|at| query.matches(&timeline, EventIndex(*at))).collect()
    }

    fn wrong(text: &str) -> String {
        let timeline = timeline("put 5 50\n");
        Query::parse(text, &SymbolTable::of(&timeline)).expect_err("no query").to_string()
    }

    #[test]
    fn all_words_of_a_query_hold_together() {
        let puts = found("PUT");
        assert_eq!(puts.len(), 2 * 2 * 2, "two puts, two hops each, sent and received");
        assert_eq!(found("put 5"), found("tag PUT key 5"));
        assert_eq!(found("put|get sends rank 3").len(), 3, "the command node asks three times");
        assert_eq!(
            found(""),
            found("sends").into_iter().chain(found("receives")).fold(Vec::new(), |mut all, at| {
                let place = all.partition_point(|before| *before < at);
                all.insert(place, at);
                all
            })
        );
    }

    #[test]
    fn a_number_is_found_as_a_number_and_a_text_as_a_text() {
        assert!(found("60").len() >= 2);
        assert_eq!(found("600"), [0_usize; 0]);
        assert_eq!(found("[6,60"), found("put|ack 60"));
    }

    #[test]
    fn what_is_none_is_reported_with_what_would_be() {
        assert_eq!(wrong("rank 9"), "there is no rank 9: ranks are 0 to 7");
        assert_eq!(wrong("rank x"), "expected a rank (0 to 7), found `x`");
        assert_eq!(wrong("rank"), "expected a rank (0 to 7)");
        assert_eq!(wrong("tag PTU"), "there is no tag `PTU`: did you mean PUT?");
        assert_eq!(wrong("put key five"), "expected a key, found `five`");
    }

    #[test]
    fn a_word_that_is_begun_can_be_completed() {
        let lexicon = SymbolTable::of(&timeline("put 5 50\n"));
        assert_eq!(completions("ra", &lexicon), ["rank"]);
        assert_eq!(completions("rank 3 tag ret", &lexicon), ["RETVAL"]);
        assert_eq!(completions("key ", &lexicon), [""; 0]);
        assert_eq!(completions("PUT ", &lexicon), ["rank", "tag", "key", "sends", "receives"]);
    }
}
