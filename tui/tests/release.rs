//! `tools/release`, in a folder in which everything has been built, or not everything.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{CallResult, Folder};

/// What `make release` has built of a version before it calls `tools/release`.
const BUILT: [&str; 9] = [
    "target/package/package/ringscope-traces-1.2.3.crate",
    "target/package/package/ringscope-sim-1.2.3.crate",
    "target/package/package/ringscope-screen-1.2.3.crate",
    "target/package/package/ringscope-1.2.3.crate",
    "target/wheel/ringscope-1.2.3-py3-none-manylinux2014_x86_64.whl",
    "target/debian/ringscope_1.2.3-1_amd64.deb",
    "target/web/ringscope-app.html",
    "target/site/index.html",
    "target/site/try.html",
];

fn built() -> Folder {
    let folder = Folder::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools/release");
    fs::create_dir(folder.path("tools")).expect("a new folder");
    fs::copy(script, folder.path("tools/release")).expect("the script is there");
    folder.write("Cargo.toml", "[workspace.package]\nversion = \"1.2.3\"\n");
    for name in BUILT {
        write(&folder, name);
    }
    folder
}

fn write(folder: &Folder, name: &str) {
    fs::create_dir_all(folder.path(name).parent().expect("a folder")).expect("it is ours");
    folder.write(name, name);
}

fn release(folder: &Folder) -> CallResult {
    let output = Command::new("bash").arg(folder.path("tools/release")).output();
    CallResult::of(&output.expect("bash starts"))
}

fn names(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.path("target/dist")).expect("it is there");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

#[test]
fn a_release_is_everything_of_its_version_with_checksums() {
    let folder = built();
    for other in [
        "target/wheel/ringscope-1.2.2-py3-none-manylinux2014_x86_64.whl",
        "target/wheel/ringscope-1.2.3-py3-none-manylinux2014_aarch64.whl",
        "target/debian/ringscope_1.2.2-1_amd64.deb",
        "target/dist/from-an-earlier-time",
    ] {
        write(&folder, other);
    }
    let told = release(&folder);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.out.ends_with("nothing was published\n"), "{}", told.out);
    let expected = [
        "SHA256SUMS",
        "ringscope-1.2.3-py3-none-manylinux2014_aarch64.whl",
        "ringscope-1.2.3-py3-none-manylinux2014_x86_64.whl",
        "ringscope-1.2.3.crate",
        "ringscope-app.html",
        "ringscope-screen-1.2.3.crate",
        "ringscope-sim-1.2.3.crate",
        "ringscope-site.tar.gz",
        "ringscope-traces-1.2.3.crate",
        "ringscope_1.2.3-1_amd64.deb",
    ];
    assert_eq!(names(&folder), expected);
    assert_eq!(folder.read("target/dist/SHA256SUMS").lines().count(), expected.len() - 1);
}

#[test]
fn what_is_missing_is_named_and_nothing_is_put_together() {
    for missing in BUILT {
        let folder = built();
        write(&folder, "target/dist/from-an-earlier-time");
        fs::remove_file(folder.path(missing)).expect("it is there");
        let told = release(&folder);
        assert_eq!(told.code, Some(1), "{missing}: {}", told.out);
        assert!(told.err.contains("is not there: `make release` builds it"), "{}", told.err);
        let place = missing.split("1.2.3").next().unwrap_or(missing);
        let place = if missing.contains("site") { "target/site" } else { place };
        assert!(told.err.contains(place), "{missing}: {}", told.err);
        assert!(!folder.path("target/dist").exists(), "{missing}");
        assert!(!folder.path("target/dist.new").exists(), "{missing}");
    }
}

#[test]
fn a_single_wheel_is_remarked_on() {
    let told = release(&built());
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.err.contains("a wheel for one processor alone"), "{}", told.err);
}
