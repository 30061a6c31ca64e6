//! Keys as the terminal tells them, and as the app knows them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::KeyPress;
use crate::app::keys::{Code, Named};

/// The key that was pressed, if it is one that can do something.
pub fn press(event: KeyEvent) -> Option<KeyPress> {
    let is_held = |modifier| event.modifiers.contains(modifier);
    let code = code(event.code)?;
    // A letter that shift makes is another letter; of other signs nobody can say what shift made.
    let is_letter = matches!(code, Code::Char(_));
    let shift = is_held(KeyModifiers::SHIFT) && !is_letter || event.code == KeyCode::BackTab;
    let code = match code {
        Code::Char(letter) if is_held(KeyModifiers::SHIFT) => {
            Code::Char(letter.to_ascii_uppercase())
        }
        Code::Char(_) | Code::Named(_) | Code::F(_) => code,
    };
    Some(KeyPress {
        ctrl: is_held(KeyModifiers::CONTROL),
        alt: is_held(KeyModifiers::ALT),
        shift,
        code,
    })
}

fn code(code: KeyCode) -> Option<Code> {
    Some(match code {
        KeyCode::Char(letter) => Code::Char(letter),
        KeyCode::F(number) => Code::F(number),
        KeyCode::Left => Code::Named(Named::Left),
        KeyCode::Right => Code::Named(Named::Right),
        KeyCode::Up => Code::Named(Named::Up),
        KeyCode::Down => Code::Named(Named::Down),
        KeyCode::Home => Code::Named(Named::Home),
        KeyCode::End => Code::Named(Named::End),
        KeyCode::PageUp => Code::Named(Named::PageUp),
        KeyCode::PageDown => Code::Named(Named::PageDown),
        KeyCode::Tab | KeyCode::BackTab => Code::Named(Named::Tab),
        KeyCode::Enter => Code::Named(Named::Enter),
        KeyCode::Esc => Code::Named(Named::Esc),
        KeyCode::Backspace => Code::Named(Named::Backspace),
        KeyCode::Delete => Code::Named(Named::Delete),
        KeyCode::Insert => Code::Named(Named::Insert),
        KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        press(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn a_key_has_one_name_however_the_terminal_tells_it() {
        let (none, shift) = (KeyModifiers::NONE, KeyModifiers::SHIFT);
        assert_eq!(told(KeyCode::Char('L'), none).as_deref(), Some("L"));
        assert_eq!(told(KeyCode::Char('L'), shift).as_deref(), Some("L"));
        assert_eq!(told(KeyCode::Char('l'), shift).as_deref(), Some("L"));
        assert_eq!(told(KeyCode::Char('?'), shift).as_deref(), Some("?"));
        assert_eq!(told(KeyCode::Right, shift).as_deref(), Some("shift-right"));
        assert_eq!(told(KeyCode::BackTab, shift).as_deref(), Some("shift-tab"));
        assert_eq!(told(KeyCode::Char('p'), KeyModifiers::CONTROL).as_deref(), Some("ctrl-p"));
        assert_eq!(told(KeyCode::CapsLock, none), None);
    }
}
