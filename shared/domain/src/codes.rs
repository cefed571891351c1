//! The macro for a closed set of codes, each with one text by which it is stored, told and counted.

/// Defines an enum of codes with `as_str`, `parse` and `ALL`; serde reads and writes the same texts.
#[macro_export]
macro_rules! codes {
    ($(#[$of_enum:meta])* pub enum $name:ident { $($(#[$of_code:meta])* $code:ident = $text:tt),+ $(,)? }) => {
        $(#[$of_enum])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$of_code])* #[serde(rename = $text)] $code),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$code),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
