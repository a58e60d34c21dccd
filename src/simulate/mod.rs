//! simulate STUB
/// stub
#[derive(clap::Args)]
pub struct Options {}
/// stub
pub async fn run(_: Options) -> Result<(), String> {
    Ok(())
}
