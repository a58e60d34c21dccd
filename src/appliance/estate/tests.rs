//! A house that changes while it runs, with its doors open.
