//! A yes above the footers of firms: legal notices, confidentiality lines, newsletters' endings, data protection notices.

use crate::clients::Body;
use crate::figures::{Figures, Outcome};
use crate::item::raw;
use crate::reading::read_mail;
use std::path::Path;
use std::{fs, io};

/// Counts each footer of the file. A line `[de]` begins a language, `yes` names the answer, each other line is a footer.
pub fn count(figures: &mut Figures, file: &Path, may_look: bool) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    let (mut language, mut yes) = ("", "");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(code) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            language = code;
        } else if let Some(answer) = line.strip_prefix("yes ") {
            yes = answer;
        } else {
            let plain = format!("{yes}\n\n{line}\n").replace("\\n", "\n");
            let mail = raw("Re: Northbeam", "Robin", &Body { plain, ..Body::default() });
            let understood = read_mail(&mail, &[]);
            let unharmed = Outcome::of(&understood) == Outcome::Heeded;
            let kept = understood.is_positive() && unharmed;
            figures.above_footers.entry(language.to_owned()).or_default().count(kept);
            figures.unharmed_above_footers.count(unharmed);
            if !kept && may_look {
                let (kind, rule) = (understood.kind.code(), understood.rule.code());
                let sentence = &understood.sentence;
                figures.wrong.push(format!("{language} footer: {line} read as {kind} [{rule}: {sentence}]"));
            }
        }
    }
    Ok(())
}
