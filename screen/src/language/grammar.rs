//! The small languages that are typed at the screen: tables of forms, from which reading, completion,
//! what was expected, and help are made.

use ringscope_sim::nearest::nearest;
use ringscope_sim::protocol::Key;
use ringscope_traces::text::Plain;
use ringscope_traces::{Rank, Tag, Vocabulary as _};

use crate::timeline::Timeline;

/// A word of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// That word, in upper or lower case.
    Word(&'static str),
    /// A rank of the run.
    Rank,
    /// A tag, by its name or its number.
    Tag,
    /// A key.
    Key,
    /// A number, from 1, of things that are counted.
    Number,
}

/// What a word of a form meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// The form's own word.
    Word,
    /// That rank.
    Rank(Rank),
    /// That tag.
    Tag(Tag),
    /// That key.
    Key(Key),
    /// That number.
    Number(usize),
}

/// Why a line was not understood: a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(pub String);

/// The most tags that are asked for their names.
const MOST_TAGS: i32 = 64;

/// What lines can speak of in a run.
#[derive(Debug, Clone)]
pub struct SymbolTable {
    ranks: u32,
    tags: Vec<(String, Tag)>,
}

impl SymbolTable {
    /// The ranks and tags of a timeline.
    pub fn of(timeline: &Timeline) -> SymbolTable {
        let names = timeline.vocabulary();
        let named = |tag: Tag| names.tag_name(tag).map(|name| (name.to_owned(), tag));
        let is_further = |tag: &Tag| !(0..MOST_TAGS).contains(&tag.0);
        let given = names.given().map(|(tag, _)| tag).filter(is_further);
        SymbolTable {
            ranks: timeline.header().ranks,
            tags: (0..MOST_TAGS).map(Tag).chain(given).filter_map(named).collect(),
        }
    }

    /// The tags whose name has that in it, in upper or lower case.
    pub fn tags_like(&self, part: &str) -> Vec<Tag> {
        let part = part.to_lowercase();
        let is_like = |(name, _): &&(String, Tag)| name.to_lowercase().contains(&part);
        self.tags.iter().filter(is_like).map(|(_, tag)| *tag).collect()
    }

    /// Whether there is a tag of that name.
    pub fn has_tag(&self, word: &str) -> bool {
        self.tags.iter().any(|(name, _)| name.eq_ignore_ascii_case(word))
    }

    /// A tag's name, or its number where it has none.
    pub fn tag_name(&self, tag: Tag) -> String {
        let name = self.tags.iter().find(|(_, of)| *of == tag).map(|(name, _)| name.clone());
        name.unwrap_or_else(|| tag.to_string())
    }

    fn read(&self, piece: Token, word: &str) -> Result<Argument, ParseError> {
        match piece {
            Token::Word(own) if own.eq_ignore_ascii_case(word) => Ok(Argument::Word),
            Token::Word(_) => Err(self.expected(&[piece], Some(word))),
            Token::Rank => self.rank(word).map(Argument::Rank),
            Token::Tag => self.tag(word).map(Argument::Tag),
            Token::Key => match word.parse() {
                Ok(key) => Ok(Argument::Key(Key(key))),
                Err(_) => Err(self.expected(&[piece], Some(word))),
            },
            Token::Number => match word.parse() {
                Ok(number) => Ok(Argument::Number(number)),
                Err(_) => Err(self.expected(&[piece], Some(word))),
            },
        }
    }

    fn rank(&self, word: &str) -> Result<Rank, ParseError> {
        match word.parse() {
            Ok(rank) if rank < self.ranks => Ok(Rank(rank)),
            Ok(rank) => {
                let last = self.ranks.saturating_sub(1);
                Err(ParseError(format!("there is no rank {rank}: ranks are 0 to {last}")))
            }
            Err(_) => Err(self.expected(&[Token::Rank], Some(word))),
        }
    }

    fn tag(&self, word: &str) -> Result<Tag, ParseError> {
        let named = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        if let Some((_, tag)) = named {
            return Ok(*tag);
        }
        word.parse().map(Tag).map_err(|_| {
            let names = || self.tags.iter().map(|(name, _)| name.as_str());
            let advice = match nearest(word, names()) {
                Some(meant) => format!("did you mean {meant}?"),
                None if self.tags.is_empty() => "here tags are numbers".to_owned(),
                None => names().collect::<Vec<_>>().join(", "),
            };
            ParseError(format!("there is no tag `{}`: {advice}", Plain(word)))
        })
    }

    /// What could stand there, as words that can be typed.
    fn offers(&self, piece: Token) -> Vec<String> {
        match piece {
            Token::Word(word) => vec![word.to_owned()],
            Token::Rank => (0..self.ranks.min(16)).map(|rank| rank.to_string()).collect(),
            Token::Tag => self.tags.iter().map(|(name, _)| (*name).to_owned()).collect(),
            Token::Key | Token::Number => Vec::new(),
        }
    }

    /// `expected a key or X, found Y`.
    fn expected(&self, pieces: &[Token], found: Option<&str>) -> ParseError {
        let mut names: Vec<String> = Vec::new();
        for piece in pieces {
            let name = match piece {
                Token::Word(word) => format!("`{word}`"),
                Token::Rank => format!("a rank (0 to {})", self.ranks.saturating_sub(1)),
                Token::Tag => "a tag".to_owned(),
                Token::Key => "a key".to_owned(),
                Token::Number => "a number".to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let last = names.pop().unwrap_or_else(|| "nothing more".to_owned());
        let names = match &names[..] {
            [] => last,
            first => format!("{} or {last}", first.join(", ")),
        };
        ParseError(match found {
            Some(word) => format!("expected {names}, found `{}`", Plain(word)),
            None => format!("expected {names}"),
        })
    }
}

/// A form of a language.
pub type Form = &'static [Token];

/// Reads words as one of the forms: which one, and what its words meant.
///
/// # Errors
///
/// The first word that no form has there, and what was expected in its stead.
pub fn read(
    forms: &[Form],
    words: &[&str],
    lexicon: &SymbolTable,
) -> Result<(usize, Vec<Argument>), ParseError> {
    let mut open: Vec<usize> = (0..forms.len()).collect();
    for (at, word) in words.iter().enumerate() {
        let (kept, wrong) = going_on(forms, &open, (at, word), lexicon);
        if kept.is_empty() {
            return Err(wrong);
        }
        open = kept;
    }
    let whole = open.iter().find(|form| forms[**form].len() == words.len());
    let Some(form) = whole else {
        return Err(lexicon.expected(&pieces(forms, &open, words.len()), None));
    };
    let meant = forms[*form].iter().zip(words).map(|(piece, word)| lexicon.read(*piece, word));
    Ok((*form, meant.collect::<Result<_, _>>()?))
}

/// The forms that have that word there; and what is wrong with it if none has.
fn going_on(
    forms: &[Form],
    open: &[usize],
    (at, word): (usize, &str),
    lexicon: &SymbolTable,
) -> (Vec<usize>, ParseError) {
    let takes =
        |form: &usize| forms[*form].get(at).is_some_and(|piece| lexicon.read(*piece, word).is_ok());
    let kept = open.iter().copied().filter(takes).collect();
    let expected = pieces(forms, open, at);
    let wrong = match expected[..] {
        [Token::Word(_)] | [] => lexicon.expected(&expected, Some(word)),
        [piece] => lexicon.read(piece, word).err().unwrap_or(ParseError(String::new())),
        [..] => lexicon.expected(&expected, Some(word)),
    };
    (kept, wrong)
}

/// What the open forms have at one place, each once.
fn pieces(forms: &[Form], open: &[usize], at: usize) -> Vec<Token> {
    let mut pieces = Vec::new();
    for piece in open.iter().filter_map(|form| forms[*form].get(at)) {
        if !pieces.contains(piece) {
            pieces.push(*piece);
        }
    }
    pieces
}

/// What the last word of a line could be, when the words before it are right.
pub fn completions(forms: &[Form], text: &str, lexicon: &SymbolTable) -> Vec<String> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let begun = if text.ends_with(char::is_whitespace) { "" } else { words.pop().unwrap_or("") };
    let mut open: Vec<usize> = (0..forms.len()).collect();
    for (at, word) in words.iter().enumerate() {
        open = going_on(forms, &open, (at, word), lexicon).0;
    }
    let begun = begun.to_lowercase();
    let offers = pieces(forms, &open, words.len());
    let offers = offers.into_iter().flat_map(|piece| lexicon.offers(piece));
    offers.filter(|offer| offer.to_lowercase().starts_with(&begun)).collect()
}

/// A form as help shows it, such as `key KEY moves`.
pub fn shown(form: Form) -> String {
    let words = form.iter().map(|piece| match piece {
        Token::Word(word) => *word,
        Token::Rank => "RANK",
        Token::Tag => "TAG",
        Token::Key => "KEY",
        Token::Number => "N",
    });
    words.collect::<Vec<_>>().join(" ")
}
