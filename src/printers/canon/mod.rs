//! What Canon's printers say beside IPP: status documents, as SNMP and HTTP bring them, and maintenance jobs.
//!
//! The language (IVEC) is documented nowhere; what is known of it is known by what programs and owners have shown in public
//! (`docs/printers.md`). **Unproven on a PRO-1000** but for the document that SNMP gives, which an owner has published.

pub mod status;
mod xml;
