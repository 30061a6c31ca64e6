use ringscope_sim::protocol::StorageId;
use ringscope_sim::protocol::arithmetic::{KeyRange, Member};
use ringscope_traces::Rank;

use super::vision::{APART, distance};
use super::*;
use crate::timeline::Neighbors;

/// Every scheme in every palette that has colours.
pub(in crate::view) fn themes() -> Vec<Theme> {
    let coloured = [Palette::Eight, Palette::Sixteen, Palette::TwoHundred, Palette::Rgb];
    let of = |scheme| coloured.map(|palette| Theme::new(palette).with(scheme));
    Scheme::ALL.into_iter().flat_map(of).collect()
}

fn ring(ranks: &[u32]) -> Vec<Member> {
    let range = KeyRange { above: StorageId(0), up_to: StorageId(0) };
    ranks.iter().map(|rank| Member { rank: Rank(*rank), id: StorageId(0), range }).collect()
}

/// A ring's colours of a set.
fn colored(set: OwnerColors, ranks: &[u32]) -> RankColors {
    let mut colors = RankColors::new(set);
    colors.extend(&Neighbors::of_ring(&ring(ranks)));
    colors
}

/// Every list of colours that nodes can have, and what it is called.
fn lists() -> Vec<(String, OwnerColors)> {
    let of = |theme: Theme| (format!("{theme:?}"), theme.colors().owners);
    themes().into_iter().map(of).chain([("on paper".to_owned(), OwnerColors::ON_PAPER)]).collect()
}

#[test]
fn owners_that_may_be_neighbours_look_apart_to_everybody() {
    for (name, owners) in lists() {
        let colors = owners.colors;
        for one in 0..colors.len() {
            for other in one + 1..colors.len() {
                let (seen, who) = distance(colors[one], colors[other]);
                let may_be_neighbours = owners.are_apart(Owner(one), Owner(other));
                let text = format!("{name}: {one} and {other} are {seen:.1} apart ({who})");
                assert_eq!(may_be_neighbours, seen >= APART, "{text}");
            }
        }
    }
}

#[test]
fn pages_and_pictures_have_the_colours_of_the_screen() {
    assert_eq!(Theme::new(Palette::Rgb).owner_colors(), OwnerColors::ON_PAPER);
}

proptest::proptest! {
    #[test]
    fn neighbours_in_a_ring_are_told_apart_whatever_their_ranks(
        ranks in proptest::collection::btree_set(0_u32..1000, 2..80),
        first in 0_usize..80,
    ) {
        let mut ranks: Vec<u32> = ranks.into_iter().collect();
        let first = first % ranks.len();
        ranks.rotate_left(first);
        for (name, set) in lists() {
            let colors = colored(set, &ranks);
            for (place, rank) in ranks.iter().enumerate() {
                let next = ranks[(place + 1) % ranks.len()];
                let pair = [*rank, next].map(|rank| colors.of(Rank(rank)).expect("it has one"));
                proptest::prop_assert!(set.are_apart(pair[0], pair[1]), "{}: {:?}", name, ranks);
            }
        }
    }
}

#[test]
fn a_newcomer_leaves_the_colours_of_the_others_as_they_are() {
    for (name, set) in lists() {
        let mut colors = colored(set, &[5, 3, 6]);
        let before = [5, 3, 6].map(|rank| colors.of(Rank(rank)));
        colors.extend(&Neighbors::of_ring(&ring(&[5, 1, 3, 2, 6, 4])));
        assert_eq!(before, [5, 3, 6].map(|rank| colors.of(Rank(rank))), "{name}");
        assert!([1, 2, 4].iter().all(|rank| colors.of(Rank(*rank)).is_some()), "{name}");
    }
}

#[test]
fn without_colours_no_meaning_has_one_and_those_that_matter_still_show() {
    for theme in Scheme::ALL.map(|scheme| Theme::new(Palette::Off).with(scheme)) {
        let plain =
            [theme.good(), theme.warning(), theme.label(), theme.passing(), theme.load(0.5)];
        let marked = [
            theme.moving(),
            theme.selected(),
            theme.bad(),
            theme.faint(),
            theme.name(),
            theme.changed(),
            theme.key(),
            theme.mode(),
            theme.frame(true),
            theme.load(1.0),
        ];
        assert!(marked.iter().all(|style| !style.add_modifier.is_empty()));
        let all = plain.into_iter().chain(marked).chain([theme.owner(Owner(3))]);
        assert!(all.into_iter().all(|style| style.fg.is_none() && style.bg.is_none()));
        let mut buffer = Buffer::with_lines(["a"]);
        theme.fill(buffer.area, &mut buffer);
        assert_eq!(buffer, Buffer::with_lines(["a"]));
    }
}

#[test]
fn the_command_line_counts_before_no_color_and_that_before_the_configuration() {
    let said = ColorSettings { term: Some("xterm-256color"), ..ColorSettings::default() };
    assert_eq!(Palette::choose(said), Palette::TwoHundred);
    let said = ColorSettings { config: Some(Palette::Eight), ..said };
    assert_eq!(Palette::choose(said), Palette::Eight);
    let said = ColorSettings { no_color: Some("1"), ..said };
    assert_eq!(Palette::choose(said), Palette::Off);
    let said = ColorSettings { flag: Some(Palette::Rgb), ..said };
    assert_eq!(Palette::choose(said), Palette::Rgb);
}

#[test]
fn an_empty_no_color_says_nothing() {
    let said = ColorSettings {
        no_color: Some(""),
        colorterm: Some("truecolor"),
        ..ColorSettings::default()
    };
    assert_eq!(Palette::choose(said), Palette::Rgb);
}

#[test]
fn a_terminal_is_taken_at_its_word() {
    let of = |term| Palette::choose(ColorSettings { term: Some(term), ..ColorSettings::default() });
    assert_eq!(of("dumb"), Palette::Off);
    assert_eq!(of("vt100"), Palette::Off);
    assert_eq!(of("linux"), Palette::Eight);
    assert_eq!(of("screen"), Palette::Sixteen);
    assert_eq!(of("tmux-256color"), Palette::TwoHundred);
    assert_eq!(of("xterm-direct"), Palette::Rgb);
    assert_eq!(Palette::choose(ColorSettings::default()), Palette::Sixteen);
}

#[test]
fn a_palette_is_found_by_its_name() {
    assert!(Palette::ALL.into_iter().all(|one| Palette::named(one.name()) == Some(one)));
    assert_eq!(Palette::named("17"), None);
}

#[test]
fn a_theme_is_found_by_its_name_and_the_next_one_goes_through_all() {
    let mut choice = ThemeChoice::default();
    for (name, expected) in ThemeChoice::ALL {
        assert_eq!((choice, choice.name()), (expected, name));
        assert_eq!(ThemeChoice::named(name), Some(choice));
        choice = choice.next();
    }
    assert_eq!(choice, ThemeChoice::Auto, "after the last comes the first");
    assert_eq!(ThemeChoice::named("pink"), None);
}

#[test]
fn auto_follows_the_background_and_a_named_theme_does_not() {
    for background in [None, Some(Background::Dark), Some(Background::Light)] {
        let is_light = background == Some(Background::Light);
        let expected = if is_light { Scheme::Light } else { Scheme::Dark };
        assert_eq!(ThemeChoice::Auto.scheme(background), expected);
        for scheme in Scheme::ALL {
            assert_eq!(ThemeChoice::Fixed(scheme).scheme(background), scheme);
        }
    }
}

#[test]
fn the_variable_for_colours_says_the_background_by_its_last_number() {
    let said = |value| Background::of_variable(value);
    for light in ["0;15", "0;7", "0;default;15", "0;default;7"] {
        assert_eq!(said(light), Some(Background::Light), "{light}");
    }
    for dark in ["15;0", "7;0", "15;default;0", "12;8"] {
        assert_eq!(said(dark), Some(Background::Dark), "{dark}");
    }
    for neither in ["", "15", "0;default", "15;", "0;9", "0;255", "0;256", "0; 15", "white;white"] {
        assert_eq!(said(neither), None, "{neither}");
    }
}

#[test]
fn high_contrast_gives_every_cell_its_own_text_and_background() {
    let theme = Theme::new(Palette::Rgb).with(Scheme::HighContrast);
    let mut buffer = Buffer::with_lines(["ab", "cd"]);
    buffer[(0, 0)].set_style(theme.label());
    theme.fill(Rect::new(0, 0, 2, 9), &mut buffer);
    let black = Color::Rgb(0, 0, 0);
    assert!(buffer.content.iter().all(|cell| cell.bg == black));
    assert_eq!(Some(buffer[(0, 0)].fg), theme.label().fg);
    assert_eq!(buffer[(1, 1)].fg, Color::Rgb(255, 255, 255));
}
