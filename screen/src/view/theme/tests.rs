use ringscope_sim::protocol::StorageId;
use ringscope_sim::protocol::arithmetic::KeyRange;
use ringscope_traces::Rank;

use super::vision::{APART, distance};
use super::*;

const COLOURED: [Palette; 4] =
    [Palette::Eight, Palette::Sixteen, Palette::TwoHundred, Palette::Rgb];

fn ring(ranks: &[u32]) -> Vec<Member> {
    let range = KeyRange { above: StorageId(0), up_to: StorageId(0) };
    ranks.iter().map(|rank| Member { rank: Rank(*rank), id: StorageId(0), range }).collect()
}

#[test]
fn owners_that_may_be_neighbours_look_apart_to_everybody() {
    for palette in COLOURED {
        let colors = palette.owners();
        for one in 0..colors.len() {
            for other in one + 1..colors.len() {
                let (seen, who) = distance(colors[one], colors[other]);
                let may_be_neighbours = Theme::new(palette).are_apart(Owner(one), Owner(other));
                let text = format!("{palette:?}: {one} and {other} are {seen:.1} apart ({who})");
                assert_eq!(may_be_neighbours, seen >= APART, "{text}");
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn neighbours_in_a_ring_are_told_apart_whatever_their_ranks(
        ranks in proptest::collection::vec(0_u32..1000, 2..80)
    ) {
        for palette in Palette::ALL {
            let theme = Theme::new(palette);
            let owners = theme.owners(&ring(&ranks));
            for pair in owners.windows(2) {
                proptest::prop_assert!(theme.are_apart(pair[0], pair[1]), "{:?}", palette);
            }
            if owners.len() > 2 {
                let (first, last) = (owners[0], owners[owners.len() - 1]);
                proptest::prop_assert!(theme.are_apart(first, last), "{:?}", palette);
            }
        }
    }
}

#[test]
fn a_newcomer_leaves_the_colours_of_the_others_as_they_are() {
    let theme = Theme::new(Palette::Rgb);
    let before = theme.owners(&ring(&[5, 3, 6]));
    let after = theme.owners(&ring(&[5, 1, 3, 6]));
    assert_eq!([before[0], before[1], before[2]], [after[0], after[2], after[3]]);
}

#[test]
fn without_colours_no_meaning_has_one_and_those_that_matter_still_show() {
    let theme = Theme::new(Palette::Off);
    let plain = [theme.good(), theme.warning(), theme.label(), theme.passing(), theme.load(0.5)];
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
