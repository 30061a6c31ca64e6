//! Which word somebody may have meant who misspelt it: one rule for scenarios, arguments, lessons and the
//! configuration.

/// How many slips a misspelt word may have: a letter too many, one missing, another one, or two swapped.
const LIMIT_SLIPS: usize = 2;

/// The candidate that a misspelt word may stand for: the one with the fewest slips, in upper or lower case, and of
/// two with equally many the first. Where none is near, the first one that has the word in its hyphenated name.
///
/// A short candidate may have fewer slips: at most half of its letters.
///
/// ```
/// use ringscope_sim::nearest::nearest;
///
/// let commands = ["put", "get", "add", "remove"];
/// assert_eq!(nearest("remvoe", commands.into_iter()), Some("remove"));
/// assert_eq!(nearest("lookup", commands.into_iter()), None);
/// assert_eq!(nearest("ring", ["put-and-get", "the-ring"].into_iter()), Some("the-ring"));
/// ```
pub fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    with_few_slips(word, candidates.clone()).or_else(|| with_word(word, candidates))
}

fn with_few_slips<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let slips = |candidate: &str| {
        let count = candidate.chars().count();
        let limit = LIMIT_SLIPS.min(count / 2);
        // A word of any length may come in: it is compared only where it can be near.
        if letters.abs_diff(count) > limit {
            return None;
        }
        let slips = strsim::osa_distance(&word, &candidate.to_lowercase());
        (slips <= limit).then_some(slips)
    };
    let near = candidates.filter_map(|candidate| Some((slips(candidate)?, candidate)));
    near.min_by_key(|(slips, _)| *slips).map(|(_, candidate)| candidate)
}

/// The first candidate whose hyphenated name has the word, or several words with hyphens, whole.
fn with_word<'a>(word: &str, mut candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let asked = format!("-{}-", word.to_lowercase());
    candidates.find(|candidate| format!("-{}-", candidate.to_lowercase()).contains(&asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_whatever_the_case_and_another_word_is_not() {
        let of =
            |word| nearest(word, ["put", "get", "add", "remove", "end", "Symbols"].into_iter());
        assert_eq!(of("remov"), Some("remove"));
        assert_eq!(of("REMVOE"), Some("remove"));
        assert_eq!(of("gte"), Some("get"));
        assert_eq!(of("and"), Some("add"));
        assert_eq!(of("symbol"), Some("Symbols"));
        assert_eq!(of("x"), None);
        assert_eq!(of("banana"), None);
        assert_eq!(of(&"put".repeat(1000)), None);
    }

    #[test]
    fn a_part_of_a_hyphenated_name_is_enough_where_nothing_is_near() {
        let of = |word| nearest(word, ["leave", "race-lost-key", "the-ring"].into_iter());
        assert_eq!(of("Ring"), Some("the-ring"));
        assert_eq!(of("lost-key"), Some("race-lost-key"));
        assert_eq!(of("ost-key"), None);
        assert_eq!(of("leaf"), Some("leave"));
        assert_eq!(of("-"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_short_word_may_have_fewer_slips() {
        assert_eq!(nearest("pxx", ["put"].into_iter()), None);
        assert_eq!(nearest("b", ["a"].into_iter()), None);
    }
}
