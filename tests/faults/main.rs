//! What happens when everything around fails: peers, networks, disks, limits, clocks and signals. What each test shows is said in
//! words in the module `zmq::faults` of the documentation.
//!
//! Some tests need more than every machine gives: root, network namespaces, a C compiler, many descriptors. Where that is missing
//! they say so in one line and pass; with `RSZMQ_REQUIRE_INTEROP=1` they fail. `RSZMQ_STRESS=10` makes the counts ten times as large.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod clocks;
mod closing;
mod crowd;
mod descriptors;
mod forks;
mod frozen;
mod interrupts;
mod killed;
mod limits;
mod namespaces;
mod network;
mod own_end;
mod paths;
mod process;
mod refusals;
mod role;
mod slow;
mod strangers;

/// The chapter of the documentation says of each test what it shows, by its name.
#[test]
fn the_documentation_names_every_test() {
    let _deadline = support::deadline(30);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let chapter = std::fs::read_to_string(folder.join("src/faults.md")).unwrap();
    let chapter = chapter.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut named = 0;
    for entry in std::fs::read_dir(folder.join("tests/faults")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("main.rs") || path.extension() != Some("rs".as_ref()) {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for test in source.split("#[test]\nfn ").skip(1) {
            let (name, _) = test.split_once('(').unwrap();
            let words = name.replace('_', " ");
            assert!(chapter.contains(&format!("*{words}*")), "src/faults.md does not name {words:?}");
            named += 1;
        }
    }
    let emphasised = chapter.split('*').skip(1).step_by(2).filter(|words| *words != "like this").count();
    assert_eq!(emphasised, named, "src/faults.md names tests that are not there");
}
