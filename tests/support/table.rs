//! Holds the table of a test program (`tests/name/README.md`) against the tests that there are, and against a list of those that it is
//! about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Checks the table of `tests/{program}`, to be called by a test of that program.
///
/// `list` is what the table is about: a line for each file, `test_x.py: test_a test_b`, or `test_x.cpp` alone. A row of the table is
/// `| test_x.py: test_a | module::name, module::name, and why | … |`, or `| test_x.cpp | module: name, name. And why | … |`; a row without
/// functions is about all of its file. The checks:
///
/// - each function of the list has a row, and nothing else has;
/// - each row names tests, or gives a reason;
/// - each test of the program is named by some row, and each that is named exists.
#[track_caller]
pub(crate) fn check(program: &str, list: &str) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(program);
    let table = std::fs::read_to_string(directory.join("README.md")).expect("the program has a table");
    let rows: Vec<Row> = table.lines().filter_map(Row::parse).collect();
    assert!(!rows.is_empty(), "tests/{program}/README.md has no row");
    let sources = sources(&directory);
    let mut faults = compare(&rows, list);
    faults.extend(hold(&rows, &sources, &listed()));
    assert!(faults.is_empty(), "tests/{program}/README.md:\n{}", faults.join("\n"));
}

struct Row {
    file: String,
    /// None stand for all of the file.
    functions: Vec<String>,
    answer: String,
}

impl Row {
    /// `None` for a line that is no row about a file.
    fn parse(line: &str) -> Option<Self> {
        let cells = cells(line.strip_prefix('|')?);
        let [about, answer, ..] = &cells[..] else { return None };
        let (file, functions) = about.split_once(':').unwrap_or((about, ""));
        if !(file.ends_with(".py") || file.ends_with(".cpp")) {
            return None;
        }
        Some(Self { file: file.to_owned(), functions: words(functions), answer: answer.clone() })
    }

    /// The tests that it names, as `module::name`.
    fn tests(&self, sources: &BTreeMap<String, String>) -> Vec<String> {
        if let Some((module, names)) = self.answer.split_once(": ") {
            if sources.contains_key(module) {
                return leading_names(names).map(|name| format!("{module}::{name}")).collect();
            }
        }
        let paths = self.answer.split(|letter: char| !(is_of_name(letter) || letter == ':' || letter.is_uppercase()));
        let paths = paths.map(|path| path.trim_matches(':'));
        paths
            .filter(|path| path.split_once("::").is_some_and(|(module, _)| sources.contains_key(module)))
            .map(str::to_owned)
            .collect()
    }
}

fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\u{0}");
    row.split('|').map(|cell| cell.replace('\u{0}', "|").replace('`', "").trim().to_owned()).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
}

/// The names in front: `one, two. And a sentence` are two.
fn leading_names(text: &str) -> impl Iterator<Item = &str> {
    let mut ended = false;
    text.split(',').map(str::trim).map_while(move |part| {
        let length = part.find(|letter| !is_of_name(letter)).unwrap_or(part.len());
        let (name, rest) = part.split_at(length);
        let is_last = !rest.is_empty();
        let is_name =
            !name.is_empty() && (rest.is_empty() || rest.starts_with(['.', ';', ':']) || rest.starts_with(" ("));
        let take = is_name && !ended;
        ended |= is_last;
        take.then_some(name)
    })
}

/// What the rows are about, held against the list.
fn compare(rows: &[Row], list: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (file, functions) = line.split_once(':').unwrap_or((line, ""));
        wanted.entry(file.trim()).or_default().extend(words(functions));
    }
    for (file, functions) in &wanted {
        let of_file: Vec<&Row> = rows.iter().filter(|row| row.file == *file).collect();
        if of_file.is_empty() {
            faults.push(format!("{file} has no row"));
        } else if of_file.iter().any(|row| !row.functions.is_empty()) {
            let mut missing = functions.clone();
            for function in of_file.iter().flat_map(|row| &row.functions) {
                match missing.iter().position(|wanted| wanted == function) {
                    Some(at) => drop(missing.swap_remove(at)),
                    None => faults.push(format!("{file} has no {function}, or not as often")),
                }
            }
            faults.extend(missing.iter().map(|function| format!("{file}: {function} has no row")));
        }
    }
    let unknown = rows.iter().filter(|row| !wanted.contains_key(&row.file[..]));
    faults.extend(unknown.map(|row| format!("{} is not in the list", row.file)));
    faults
}

/// What the rows answer, held against the tests.
fn hold(rows: &[Row], sources: &BTreeMap<String, String>, listed: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut named = BTreeSet::new();
    for row in rows {
        let tests = row.tests(sources);
        if tests.is_empty() && row.answer.len() < 10 {
            faults.push(format!("{} {:?}: no test, and no reason", row.file, row.functions));
        }
        for test in tests {
            // A macro may make it, perhaps not on this system: then its name is there.
            let in_source = test.rsplit_once("::").is_some_and(|(module, name)| {
                let mut words = sources.get(module).map(|source| source.split(|letter| !is_of_name(letter)));
                words.as_mut().is_some_and(|words| words.any(|word| word == name))
            });
            if !listed.contains(&test) && !in_source {
                faults.push(format!("{} {:?}: there is no {test}", row.file, row.functions));
            }
            named.insert(test);
        }
    }
    let written = sources.iter().flat_map(|(module, source)| tests_in(module, source));
    let tests: BTreeSet<String> = written.chain(listed.iter().cloned()).collect();
    // The one that asks is about no other's.
    let own = super::support::test_name();
    faults.extend(tests.difference(&named).filter(|test| **test != own).map(|test| format!("{test} is in no row")));
    faults
}

/// The sources of the program's modules, by the module's name.
fn sources(directory: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(directory).expect("the program has a directory");
    let files = files.map(|file| file.expect("it can be listed").path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.map(|path| (module(&path), std::fs::read_to_string(&path).expect("it can be read"))).collect()
}

fn module(path: &Path) -> String {
    path.file_stem().expect("it has a name").to_string_lossy().into_owned()
}

/// The tests that are written in a source, also those that are for another system or feature.
fn tests_in(module: &str, source: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        match function {
            Some(function) if marked => {
                let name = function.split(|letter| !is_of_name(letter)).next().unwrap_or_default();
                // None in a macro, where it is `$name`.
                if !name.is_empty() {
                    tests.push(format!("{module}::{name}"));
                }
                marked = false;
            }
            _ => marked |= line.starts_with("#[test]"),
        }
    }
    tests
}

/// The tests that this very program has, also those that macros have made.
fn listed() -> BTreeSet<String> {
    let program: PathBuf = std::env::current_exe().expect("the test knows its own program");
    let output = Command::new(program).arg("--list").stdin(Stdio::null()).output().expect("it runs");
    let lines = String::from_utf8(output.stdout).expect("names are text");
    lines.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}
