//! The whole installation with its world, as it is killed and as it is fed badly.

mod crash;
mod faults;
mod moments;
mod process;
