//! `ringscope play` where there is no terminal, `snapshot`, `config`, `completions`, `man`.

mod support;

use insta::assert_snapshot;
use support::Folder;

#[test]
fn without_a_terminal_there_is_a_line_an_event() {
    let folder = Folder::new();
    folder.write("s.dht", "ranks 4\nput 5 50\n").record("s.dht", "s.jsonl");
    let live = folder.call("play s.dht");
    assert_snapshot!("play_lines", live.golden());
    let replayed = folder.call("play s.jsonl --plain");
    let events = |out: &str| out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(events(&replayed.out), events(&live.out));
    let rest = folder.call("play s.dht --at 8 --symbols ascii");
    assert!(rest.out.ends_with("completed, 6 of 14 events shown\n"), "{}", rest.out);
    assert!(rest.out.contains("S") && rest.out.is_ascii());
}

#[test]
fn what_cannot_be_played_is_reported() {
    let folder = Folder::new();
    folder.write("bad.dht", "get 5\n").record("join", "join.jsonl");
    folder.write("small.dht", "ranks 4\nput 5 50\n");
    let mut said = String::new();
    for words in [
        "play jion",
        "play bad.dht",
        "play none.jsonl",
        "play join.jsonl --seed 5",
        "play join --size 80",
        "play join --diff none.jsonl",
        "play join.jsonl --diff join",
        "snapshot join --diff get-missing --at 999",
        "snapshot join --diff small.dht",
        "snapshot --at 3",
        "snapshot --tour joining --at 99",
        "snapshot --tour joinin",
        "snapshot --tour joining --seed 3",
        "snapshot join --at 9999",
        "snapshot join --at 3..9",
        "snapshot join --at 3..9 -o join.txt",
        "snapshot --at 3..9 -o join.svg",
        "snapshot join --at 300.. -o join.svg",
        "snapshot join --at 0.. -o join.svg",
        "snapshot join -o join.gif",
        "snapshot join -o no/such/join.svg",
        "snapshot join --config none.toml",
    ] {
        let result = folder.call(words);
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{words}");
        said += &format!("$ ringscope {words}\n{}", result.err);
    }
    assert_snapshot!("cannot", said);
    assert_eq!(folder.call("play bad.dht --unchecked").code, Some(0));
}

#[test]
fn without_a_terminal_two_traces_are_compared_in_lines() {
    let folder = Folder::new();
    folder.record("join", "a.jsonl").record("get-missing", "b.jsonl");
    let result = folder.call("play a.jsonl --diff b.jsonl");
    assert_eq!((result.code, result.out), (Some(0), folder.call("diff a.jsonl b.jsonl").out));
}

#[test]
fn a_snapshot_shows_two_runs_side_by_side() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let same = folder.call("snapshot join --diff join.jsonl --at 7 --size 100x30").out;
    assert!(same.contains("row 7 of 222") && same.contains("equal"), "{same}");
    let different = folder.call("snapshot join --diff crowded --size 100x30").out;
    assert!(different.contains("first divergence"), "{different}");
}

#[test]
fn a_snapshot_shows_a_lesson_and_the_start_page() {
    let folder = Folder::new();
    let lesson = folder.call("snapshot --tour joining --at 2 --size 120x36").out;
    assert!(lesson.contains("TOUR") && lesson.contains("step 2 of"), "{lesson}");
    let start = folder.call("snapshot --size 100x30").out;
    assert!(start.contains("Walkthroughs") && start.contains("the-ring"), "{start}");
}

#[test]
fn a_snapshot_has_the_form_of_its_ending() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let out = folder.call("snapshot join --at 37 --size 80x24").out;
    assert_eq!(out.lines().count(), 24);
    assert!(out.contains("37/222") && !out.contains('\u{1b}'), "{out}");
    for file in ["a.txt", "b.ansi", "c.svg"] {
        let result = folder.call(&format!("snapshot join --at 37 --size 80x24 -o {file}"));
        assert_eq!((result.code, &*result.out, &*result.err), (Some(0), "", ""), "{file}");
    }
    assert_eq!(folder.read("a.txt"), out);
    assert!(folder.read("b.ansi").contains(";38;2;"), "a file has all colours");
    assert!(folder.read("c.svg").starts_with("<svg"));
    let replayed = folder.call("snapshot join.jsonl --at 37 --size 80x24 --color 16").out;
    assert!(replayed.contains("\u{1b}["));
    let end = folder.call("snapshot join.jsonl --size 44x8 --symbols ascii").out;
    assert!(end.contains("222/222") && end.is_ascii(), "{end}");
}

#[test]
fn the_printed_configuration_can_be_edited_and_read() {
    let folder = Folder::new();
    let printed = folder.call("config print").out;
    folder.write("mine.toml", printed.replacen("symbols = \"braille\"", "symbols = \"ascii\"", 1));
    let again = folder.call("config print --config mine.toml").out;
    assert_eq!(again, folder.read("mine.toml"));
    assert_ne!(again, printed);
    let ascii = folder.call("snapshot join --config mine.toml --size 44x8").out;
    assert!(ascii.is_ascii(), "{ascii}");
    folder.write("bad.toml", "[keys]\nzom = \"Z\"\n");
    let result = folder.call("config print --config bad.toml");
    assert_eq!(result.code, Some(2));
    assert_eq!(
        result.err,
        "ringscope: bad.toml:2: there is no action `zom`\n  hint: did you mean `zoom`?\n"
    );
}

#[test]
fn the_configuration_has_a_place_of_its_own() {
    let folder = Folder::new();
    let path = folder.call("config path").out;
    assert!(path.trim_end().ends_with("config.toml"), "{path}");
    let path = std::path::Path::new(path.trim_end());
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, "symbols = \"ascii\"\n").expect("a file");
    assert!(folder.call("snapshot join --size 44x8").out.is_ascii());
    assert_eq!(folder.call("config path --config x.toml").out, "x.toml\n");
}

#[test]
fn every_shell_has_completions_and_every_subcommand_a_page() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let result = folder.call(&format!("completions {shell}"));
        assert_eq!(result.code, Some(0));
        assert!(result.out.contains("crosscheck"), "{shell}");
    }
    assert!(folder.call("man").out.contains(".TH ringscope 1"));
    std::fs::create_dir(folder.path("man1")).expect("a folder");
    assert_eq!(folder.call("man man1").code, Some(0));
    let page = folder.read("man1/ringscope-play.1");
    assert!(page.contains("--reduce") || page.contains("\\-\\-reduce"), "{page}");
    assert_eq!(
        folder.call("man none").err,
        "ringscope: none: no such folder\n  hint: make it first\n"
    );
}

#[test]
fn the_number_of_colours_is_a_colour_of_every_command() {
    let folder = Folder::new();
    for (color, is_coloured) in
        [("8", true), ("16", true), ("256", true), ("rgb", true), ("off", false)]
    {
        let result = folder.call(&format!("list --color {color}"));
        assert_eq!(result.out.contains('\u{1b}'), is_coloured, "{color}");
    }
}
