//! JSON for other programs.

use serde::Serialize;

/// A value as one line of JSON in ASCII, so that nothing in a file's strings reaches a terminal that
/// it might obey.
///
/// # Panics
///
/// When the value has no JSON, as a map with lists for keys.
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("the value has a JSON");
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => ascii.push(c),
            // Only strings hold such characters, and in them this is another way to write them.
            _ => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| ascii += &format!("\\u{unit:04x}")),
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_might_obey_is_escaped_and_means_the_same() {
        let text = "\u{1b}[2J \u{9b}1m \u{202e} \u{7f} 🔑";
        let json = json(&text);
        assert!(json.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
    }
}
