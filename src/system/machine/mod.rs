//! The machine: its name, its network, its clock, who may help, and how all of it is forgotten.
//!
//! The daemon may write none of it. It asks, by a file, and a service of the machine that runs as root (`platen machine`)
//! checks what is asked, keeps it, and writes the files of the system anew. The same program does that at each start,
//! before the network comes up.
//!
//! ```text
//!   first start: platen.toml on the card ──► first_start (pure) ──┐
//!                                                                 ├──► settings.json ──► files (pure) ──► /run/…
//!   page, API ──► ask ──► /run/platen/machine-request ──► apply ──┘                          networkd, wpa_supplicant, …
//! ```

pub mod apply;
pub mod ask;
pub mod files;
pub mod first_start;
pub mod seen;
pub mod settings;
pub mod values;
