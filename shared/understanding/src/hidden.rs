//! Whether an element of HTML is shown, by its style: a mail's preview text and the like stand in it, but nobody sees them.

/// What the style of an element says of its being shown; size and visibility hold until an element within says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    is_gone: bool,
    has_size: Option<bool>,
    is_visible: Option<bool>,
}

impl Shown {
    /// Reads the attribute `style` in lower case.
    pub fn of(attributes: &[(&str, &str)]) -> Self {
        let mut shown = Self::default();
        let styles = attributes.iter().filter(|(attribute, _)| *attribute == "style");
        let properties = || styles.clone().flat_map(|(_, style)| style.split(';'));
        let pairs = || properties().filter_map(|property| property.split_once(':'));
        let mut clips = false;
        let mut is_flat = false;
        for (name, value) in pairs() {
            let value = value.trim().trim_end_matches("!important").trim_end();
            match name.trim() {
                "display" => shown.is_gone |= value == "none",
                "mso-hide" => shown.is_gone |= value == "all",
                "opacity" => shown.is_gone |= is_zero(value),
                "visibility" => shown.is_visible = Some(!matches!(value, "hidden" | "collapse")),
                "font-size" => shown.has_size = Some(!is_zero(value)),
                "overflow" => clips = value == "hidden",
                "height" | "max-height" | "width" | "max-width" => is_flat |= is_zero(value),
                _ => {}
            }
        }
        shown.is_gone |= clips && is_flat;
        shown
    }
}

/// Whether what stands in these elements, the outermost first, is hidden.
pub(crate) fn is_hidden(open: impl Iterator<Item = Shown>) -> bool {
    let mut inner = Shown { is_gone: false, has_size: Some(true), is_visible: Some(true) };
    for shown in open {
        inner.is_gone |= shown.is_gone;
        inner.has_size = shown.has_size.or(inner.has_size);
        inner.is_visible = shown.is_visible.or(inner.is_visible);
    }
    inner.is_gone || inner.has_size == Some(false) || inner.is_visible == Some(false)
}

/// `0`, `0px`, `.0em`, but not `0.9em` or `0 auto`.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%').trim_end();
    number.parse::<f32>() == Ok(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_are_told_from_those_that_show() {
        for style in [
            "display:none",
            "color:red; display : none !important",
            "font-size:0",
            "font-size:0px;line-height:0",
            "mso-hide:all",
            "visibility:hidden",
            "opacity:0.0",
            "max-height:0px;overflow:hidden",
        ] {
            assert!(is_hidden([Shown::of(&[("style", style)])].into_iter()), "{style}");
        }
        for style in
            ["display:block", "font-size:0.9em", "opacity:0.5", "max-height:0", "visibility:visible", ""]
        {
            assert!(!is_hidden([Shown::of(&[("style", style)])].into_iter()), "{style}");
        }
        let within = [("font-size:0", "font-size:13px"), ("visibility:hidden", "visibility:visible")];
        for (outer, inner) in within {
            let open = [outer, inner].map(|style| Shown::of(&[("style", style)]));
            assert!(!is_hidden(open.into_iter()), "{outer} {inner}");
        }
    }
}
