//! Where the journals' second marks lie: outside the data folder, so that a backup of the whole folder that is put back
//! does not bring them along.

use std::path::PathBuf;

use crate::data_folder::DataFolder;
use crate::view::ModeView;

/// The mark of one till's journal of one mode. None where the system names no place: the journal then has only the one
/// beside it, and the till compares itself with Stripe at every start all the same.
pub fn outside(till_id: &str, mode: ModeView) -> Option<PathBuf> {
    Some(folder()?.path().join(format!("{till_id}-{}.mark", mode.name())))
}

/// This computer's own folder, which no backup of a till's folder contains.
pub fn folder() -> Option<DataFolder> {
    let state = dirs::state_dir().or_else(dirs::data_local_dir)?;
    DataFolder::open(state.join("keytill").join("marks")).ok()
}
