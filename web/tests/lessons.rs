//! How far somebody has come in the lessons, which the page keeps.

use ringscope_screen::tour::Progress;
use ringscope_web::tab::{Preferences, Tab};

#[test]
fn what_was_learnt_is_told_though_the_page_begins_again_with_the_same_key() {
    let mut tab = Tab::open((120, 36), Preferences::default(), Progress::default());
    tab.go("tour=the-ring");
    for key in [">", "enter", "q"] {
        assert!(tab.press(key), "there is such a key: {key}");
    }
    let learnt = tab.take_learnt().expect("it has come further");
    assert!(learnt.contains("the-ring"), "{learnt}");
    assert_eq!(tab.take_learnt(), None, "it is told once");
}
