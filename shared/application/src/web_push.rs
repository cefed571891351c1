//! Web Push: notifications reach a user's devices, also while the app is closed. The stream brings each notification once it is
//! written, and those of a batch are one order for each user who has a device. The text is encrypted for each device, and a
//! token proves to its push service who pushes.

pub mod devices;
pub mod encryption;
pub mod order;
pub mod send;
pub mod subscription;
pub mod vapid;
