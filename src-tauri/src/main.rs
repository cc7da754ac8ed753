//! The program. Everything is in the library, so that tests can reach it.

// No console window beside the till's on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match keytill_lib::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Keytill cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
