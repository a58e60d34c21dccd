//! Which finish a sheet has, and so which black it takes.

use crate::model::{Finish, Media, Paper};

/// The finish of a sheet: that of its paper, else what its type's name tells. Types of PWG 5101.1, 3.
pub fn finish_of(media: &Media, papers: &[Paper]) -> Finish {
    if let Some(paper) = papers.iter().find(|paper| paper.is_for(media)) {
        return paper.finish;
    }
    let name = media.media_type.as_str();
    let matte = [
        "matte",
        "canvas",
        "fine-art",
        "fineart",
        "stationery",
        "cardstock",
        "washi",
        "cotton",
    ];
    if matte.iter().any(|word| name.contains(word)) {
        Finish::Matte
    } else {
        Finish::Glossy
    }
}
