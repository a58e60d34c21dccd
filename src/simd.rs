//! What the processor has: found once, and asked by every pixel loop.
//!
//! Loops are plain Rust in `#[inline(always)]` functions, which `fearless_simd::dispatch!` compiles once for each level
//! (AVX2, SSE4.2, NEON, none). They work in integers, so that every level gives the same bytes.

use std::sync::OnceLock;

use fearless_simd::Level;

/// The widest instructions of this processor. `PLATEN_SIMD=none` in the environment asks for the plain ones, to compare.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        if std::env::var_os("PLATEN_SIMD").is_some_and(|v| v == "none") {
            Level::baseline()
        } else {
            // Registers of 512 bits were measured to be slower: loops over tables become gathers.
            match Level::new() {
                #[cfg(target_arch = "x86_64")]
                wide @ Level::Avx512(_) => wide.as_avx2().map_or(wide, Level::Avx2),
                other => other,
            }
        }
    })
}
