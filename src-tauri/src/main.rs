//! The program. Everything is in the library, so that tests can reach it.

// No console window beside the till's on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match keytill_lib::run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Keytill cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
