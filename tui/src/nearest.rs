//! Which word somebody may have meant.

/// How far a misspelt word may be from one that there is, in letters.
const LIMIT_SLIPS: usize = 2;

/// The candidate that a misspelt word may stand for; of two equally near the first.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let away = |candidate: &str| strsim::osa_distance(&lower, &candidate.to_lowercase());
    let near = candidates.map(|candidate| (away(candidate), candidate));
    let near = near.filter(|(away, candidate)| *away <= LIMIT_SLIPS.min(candidate.len() / 2));
    near.min_by_key(|(away, _)| *away).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_whatever_the_case_and_another_word_is_not() {
        let of = |word| nearest(word, ["keys", "palette", "symbols"].into_iter());
        assert_eq!(of("Symbol"), Some("symbols"));
        assert_eq!(of("plaette"), Some("palette"));
        assert_eq!(of("mouse"), None);
    }
}
