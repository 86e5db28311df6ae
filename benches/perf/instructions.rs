//! What an operation costs in instructions, ours and in C, counted by callgrind: the same answer each time, whatever else the machine does.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::loops::OPERATIONS;
use crate::reference::Reference;

/// How many instructions more than C an operation of ours may take, above which `check` fails: what was measured, and some for the next compiler.
/// (`multipart` sends and receives three frames.)
fn bound(operation: &str) -> f64 {
    match operation {
        "send" => 20.0,
        "recv" => 20.0,
        "recv_new" => 90.0,
        "send_recv" => 25.0,
        "shared" => 40.0,
        "timed" => 25.0,
        "multipart" => 500.0,
        "vectors" => 750.0,
        "proxy" => 80.0,
        "poll" => 500.0,
        "get" => 200.0,
        "tokio" => 320.0,
        other => panic!("there is no operation {other}"),
    }
}

/// Prints a table; with `check`, of one size only, and fails if an operation takes more than it may.
pub(crate) fn count(check: bool) -> ExitCode {
    let reference = Reference::build();
    let (theirs, ours) = (reference.program("loops"), std::env::current_exe().expect("a program knows itself"));
    println!(
        "| operation | size | libzmq in C | rszmq | difference | at most |\n| --- | --- | --- | --- | --- | --- |"
    );
    let mut well = true;
    let mut row = |name: &str, operation: &str, size: usize, theirs: f64, ours: f64| {
        let (difference, bound) = (ours - theirs, bound(operation));
        println!(
            "| {name} | {size} B | {theirs:.1} | {ours:.1} | {difference:+.1} ({:+.2} %) | {bound:+.0} |",
            (ours / theirs - 1.0) * 100.0
        );
        well &= difference <= bound;
    };
    for operation in OPERATIONS {
        let sizes: &[usize] = if check || matches!(operation, "poll" | "get") { &[64] } else { &[8, 64, 1024] };
        for size in sizes {
            let theirs = each(&theirs, &[operation], *size);
            row(operation, operation, *size, theirs, each(&ours, &["loop", operation], *size));
            if operation == "send_recv" {
                row("send_recv in a task of tokio", "tokio", *size, theirs, each(&ours, &["tokio_loop"], *size));
            }
        }
    }
    if check && !well {
        eprintln!("an operation takes more instructions than it may");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What one operation costs: by how many instructions more a longer run takes.
fn each(program: &Path, arguments: &[&str], size: usize) -> f64 {
    let count = |operations: u64| callgrind(program, arguments, size, operations);
    (count(30_000) - count(10_000)) as f64 / 20_000.0
}

fn callgrind(program: &Path, arguments: &[&str], size: usize, operations: u64) -> i64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .args([size.to_string(), operations.to_string()])
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let collected =
        said.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim().parse());
    collected.expect("callgrind says how many").expect("a number")
}
