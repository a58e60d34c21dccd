//! Drawn pages.
//!
//! ```text
//!   library's interpreter ── record ──► list of steps ──┬─ canvas ──► band 0
//!   (once a page)            (a device)  in page pixels  ├─ canvas ──► band 1
//!                                                        └─ …    each paints what touches it
//! ```
//!
//! The page is interpreted once. Its steps are kept with their outlines already cut into lines ([`outline`]), its
//! pictures decoded once ([`picture`]); a band paints only what touches it. A page with more steps than memory allows is
//! interpreted anew for each band, by the same code, with the same result.
//!
//! **The same bytes for every height of the bands**: lines begin and end on a grid that bands move exactly; colours of
//! shadings, pictures and cells are computed here, from a pixel's place on the page; the painter, `vello_cpu`, only
//! finds coverage and lays colours over each other, four rows at a time, and bands begin at multiples of 16 rows.
//! A test compares bands of many heights byte by byte.
//!
//! **The same bytes on every machine** is likely, and not proven: coverage is computed in 32-bit floats by SIMD code whose
//! multiplications and additions are fused where the machine can do so (AVX2, NEON), and not fused on older x86. Curves
//! are cut with the C library's `powf`. All else is integers or plain 64-bit floats.

pub mod canvas;
mod cell;
pub mod list;
mod outline;
mod picture;
pub mod record;
mod samples;
mod shade;
mod stroke;
