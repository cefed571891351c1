//! The programs that Lambda can start: a Linux ELF of one of its two architectures that needs no newer C
//! library than Lambda has.

use clap::ValueEnum;
use std::fmt;

/// The architectures, spelled as in the template's parameter `Architecture`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Architecture {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// The architecture of builds on this machine, if Lambda has it.
    pub fn of_this_machine() -> Option<Self> {
        match std::env::consts::ARCH {
            "aarch64" => Some(Self::Arm64),
            "x86_64" => Some(Self::X86_64),
            _ => None,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        })
    }
}

const MAGIC: &[u8] = b"\x7fELF";
const CLASS_64: u8 = 2;
const LITTLE_ENDIAN: u8 = 1;
const EM_X86_64: u16 = 62;
const EM_AARCH64: u16 = 183;
/// The section with the versions that a binary needs; its `sh_link` is the section with their texts.
const SHT_GNU_VERNEED: u32 = 0x6fff_fffe;

/// The architecture of a Linux executable, or a description of what the bytes are instead.
pub fn architecture(bytes: &[u8]) -> Result<Architecture, String> {
    if !bytes.starts_with(MAGIC) {
        return Err(match bytes {
            [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => {
                "a macOS program (Mach-O)".to_owned()
            }
            [b'M', b'Z', ..] => "a Windows program (PE)".to_owned(),
            [] => "empty".to_owned(),
            _ => "no program".to_owned(),
        });
    }
    if bytes.get(4) != Some(&CLASS_64) || bytes.get(5) != Some(&LITTLE_ENDIAN) {
        return Err("an ELF of 32 bits or of the other byte order".to_owned());
    }
    match number(bytes, 18, 2) {
        Some(machine) if machine == u64::from(EM_X86_64) => Ok(Architecture::X86_64),
        Some(machine) if machine == u64::from(EM_AARCH64) => Ok(Architecture::Arm64),
        Some(machine) => Err(format!("an ELF for machine {machine}")),
        None => Err("an ELF that is cut off".to_owned()),
    }
}

/// The newest version of the GNU C library that an executable needs; None if it needs none.
pub fn needed_glibc(bytes: &[u8]) -> Option<(u32, u32)> {
    let sections = at(number(bytes, 0x28, 8)?)?;
    let (size, count) = (at(number(bytes, 0x3a, 2)?)?, at(number(bytes, 0x3c, 2)?)?);
    let section = |index: usize| sections.checked_add(index.checked_mul(size)?);
    let needs = (0..count).filter_map(section).find(|start| {
        start.checked_add(4).and_then(|kind| number(bytes, kind, 4)) == Some(u64::from(SHT_GNU_VERNEED))
    })?;
    let texts = section(at(number(bytes, needs + 0x28, 4)?)?)?;
    let start = at(number(bytes, texts + 0x18, 8)?)?;
    let end = start.checked_add(at(number(bytes, texts + 0x20, 8)?)?)?;
    newest_glibc(bytes.get(start..end)?)
}

/// The newest version among such texts, which end in zero bytes; `GLIBC_PRIVATE` and the like have no number.
fn newest_glibc(texts: &[u8]) -> Option<(u32, u32)> {
    let texts = texts.split(|byte| *byte == 0).filter_map(|text| std::str::from_utf8(text).ok());
    let versions = texts.filter_map(|text| {
        let mut parts = text.strip_prefix("GLIBC_")?.split('.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    });
    versions.max()
}

fn at(number: u64) -> Option<usize> {
    number.try_into().ok()
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(size)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The smallest executable of an architecture, with the versions that it needs.
    pub fn program(machine: Architecture, versions: &str) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18..20].copy_from_slice(
            &match machine {
                Architecture::Arm64 => EM_AARCH64,
                Architecture::X86_64 => EM_X86_64,
            }
            .to_le_bytes(),
        );
        let texts = bytes.len();
        bytes.extend_from_slice(versions.as_bytes());
        let sections = bytes.len();
        bytes[0x28..0x30].copy_from_slice(&(sections as u64).to_le_bytes());
        bytes[0x3a..0x3c].copy_from_slice(&64_u16.to_le_bytes());
        bytes[0x3c..0x3e].copy_from_slice(&2_u16.to_le_bytes());
        bytes.resize(sections + 128, 0);
        bytes[sections + 0x18..sections + 0x20].copy_from_slice(&(texts as u64).to_le_bytes());
        bytes[sections + 0x20..sections + 0x28].copy_from_slice(&(versions.len() as u64).to_le_bytes());
        bytes[sections + 68..sections + 72].copy_from_slice(&SHT_GNU_VERNEED.to_le_bytes());
        bytes
    }

    #[test]
    fn architecture_is_read_from_the_header() {
        for machine in [Architecture::Arm64, Architecture::X86_64] {
            assert_eq!(architecture(&program(machine, "")), Ok(machine));
        }
    }

    #[test]
    fn program_that_lambda_cannot_start_is_described() {
        let refused = |bytes: &[u8]| architecture(bytes).unwrap_err();
        assert_eq!(refused(b"\xcf\xfa\xed\xfe\x0c\0\0\x01"), "a macOS program (Mach-O)");
        assert_eq!(refused(b"MZ\x90\0"), "a Windows program (PE)");
        assert_eq!(refused(b"#!/bin/sh"), "no program");
        assert_eq!(refused(b""), "empty");
        assert_eq!(refused(b"\x7fELF\x01\x01"), "an ELF of 32 bits or of the other byte order");
        let mut riscv = program(Architecture::X86_64, "");
        riscv[18] = 243;
        assert_eq!(refused(&riscv), "an ELF for machine 243");
        assert_eq!(refused(&riscv[..18]), "an ELF that is cut off");
    }

    #[test]
    fn glibc_versions_are_compared_as_numbers() {
        let asks =
            |versions: &str| needed_glibc(&program(Architecture::X86_64, &versions.replace(' ', "\0")));
        assert_eq!(asks(" GLIBC_2.9 GLIBC_2.34 libc.so.6 GLIBC_2.2.5 GLIBC_PRIVATE GCC_4.9 "), Some((2, 34)));
        assert_eq!(asks(" libc.so "), None);
        assert_eq!(needed_glibc(b"\x7fELF"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn test_binary_has_the_machines_architecture() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(architecture(&this).ok(), Architecture::of_this_machine());
        if cfg!(target_env = "gnu") {
            assert!(needed_glibc(&this).unwrap() >= (2, 14));
        }
    }
}
