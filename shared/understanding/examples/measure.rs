//! Prints how well a folder of answers is understood: `cargo run -p understanding --example measure -- FOLDER [--wrong]`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map(PathBuf::from).ok_or_else(|| std::io::Error::other("which folder?"))?;
    let figures = understanding::measure::measure(&folder)?;
    print!("{figures}");
    if arguments.next().is_some_and(|argument| argument == "--wrong") {
        figures.wrong.iter().for_each(|line| println!("{line}"));
    }
    Ok(())
}
