//! Which word somebody may have meant.

/// A longer word is no slip of the fingers.
const LONGEST: usize = 24;

/// The candidate that is nearest to the word, when it is near: at most 2 letters and less than half of
/// the candidate away; of two equally near the first.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let near = candidates.map(|candidate| (distance(&word, candidate), candidate));
    let near = near.filter(|(away, candidate)| *away <= 2 && *away * 2 <= candidate.len() + 1);
    near.min_by_key(|(away, _)| *away).map(|(_, candidate)| candidate)
}

/// How many letters to put in, take out or change to make the one of the other (Levenshtein 1965).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_and_another_word_is_not() {
        let of = |word| nearest(word, ["put", "get", "add", "remove", "end"].into_iter());
        assert_eq!(of("remov"), Some("remove"));
        assert_eq!(of("REMVOE"), Some("remove"));
        assert_eq!(of("gte"), Some("get"));
        assert_eq!(of("and"), Some("add"));
        assert_eq!(of("x"), None);
        assert_eq!(of("banana"), None);
        assert_eq!(of(&"put".repeat(1000)), None);
    }
}
