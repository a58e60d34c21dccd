//! Panics of libraries that Platen catches.

/// Lets a library's panic unwind to the door where Platen catches it, without a word. A panic of Platen's own stays a
/// finding, whoever would catch it, and so does one that nobody catches.
pub fn end_at_the_door() {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", |place| place.file());
        // Crates that come from the registry, and the standard library.
        if file.contains("/registry/src/") || file.starts_with("/rustc/") || file.contains("/library/") {
            return;
        }
        eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        std::process::abort();
    }));
}
