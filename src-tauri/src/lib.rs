//! The shell: the only room that knows Tauri. Composition happens here and nowhere else.

mod account;
mod bindings;
mod card_page;
mod card_window;
mod command_line;
mod commands;
mod connection;
mod counter;
mod data_folder;
mod doctor;
mod gate;
mod keychain;
mod keys_ahead;
mod marks;
mod process;
mod settings;
mod shell;
mod till_home;
mod till_window;
mod training;
mod view;
mod windows;

use std::sync::Arc;
use std::time::Duration;

use tauri::{App, AppHandle, Builder, Manager, RunEvent, WindowEvent, Wry};
use tokio::time::timeout;

use crate::counter::Counter;
use crate::data_folder::DataFolder;
use crate::gate::Gate;
use crate::shell::{Notice, Shell};

/// Does what the command line asks for: something with the journal, or the till until its window is closed.
/// True means that all is well.
///
/// # Errors
/// The system gives no windows, or standard output is gone.
pub fn run(words: &[String]) -> tauri::Result<bool> {
    process::close();
    let folder = data_folder::overridden().or_else(|| Some(dirs::data_dir()?.join(IDENTIFIER)));
    // Not locked: a lock would be held for as long as the windows live, and a thread that panics could not say so.
    match command_line::obey(words, folder, &mut std::io::stdout(), &mut std::io::stderr())? {
        Some(well) => Ok(well),
        None => windows_until_closed().map(|()| true),
    }
}

/// One more fact to sync, at most.
const GOODBYE: Duration = Duration::from_secs(3);

/// As in `tauri.conf.json`, where a test compares it: Tauri's own path needs a running app.
const IDENTIFIER: &str = "app.keytill";

fn windows_until_closed() -> tauri::Result<()> {
    let app = single(tauri::Builder::default())
        .setup(|app| Ok(open(app)?))
        .invoke_handler(gate::guarded(tauri::generate_handler![
            commands::till::till_view,
            commands::till::watch_till,
            commands::till::ring_up,
            commands::till::charge,
            commands::till::take_card,
            commands::till::cancel_payment,
            commands::till::check_now,
            commands::till::capture,
            commands::till::release,
            commands::till::new_sale,
            commands::till::found_seen,
            commands::till::payments,
            commands::till::payment_detail,
            commands::till::print_receipt,
            commands::till::stay_open,
            commands::till::close_anyway,
            commands::books::refund,
            commands::books::check_refund,
            commands::books::give_up_refund,
            commands::books::findings_read,
            commands::books::begin_journal,
            commands::card::card_view,
            commands::card::watch_card,
            commands::card::submit_card,
            commands::card::authentication,
            commands::card::card_action_done,
            commands::card::card_check_now,
            commands::card::card_cancel,
            commands::card::close_card,
            commands::card::card_takes_keys,
            commands::settings::choose_door,
            commands::settings::choose_currency,
            commands::settings::settings_view,
            commands::settings::save_keys,
            commands::settings::forget_keys,
            commands::settings::save_till,
            commands::settings::diagnostics,
        ]))
        .build(tauri::generate_context!())?;
    app.run(|app, event| ended(app, &event));
    Ok(())
}

/// A second copy shows the first one's window and leaves. Tills with folders of their own are other tills.
fn single(builder: Builder<Wry>) -> Builder<Wry> {
    if data_folder::overridden().is_some() {
        return builder;
    }
    builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
        windows::raise(app, till_window::LABEL);
    }))
}

fn open(app: &App) -> tauri::Result<()> {
    let path = match data_folder::overridden() {
        Some(path) => path,
        None => app.path().app_data_dir()?,
    };
    let folder = DataFolder::open_or_name(path);
    app.manage(Gate::new(folder.clone()));
    let shell = Shell::open(app.handle(), folder, Arc::new(heard))?;
    app.set_theme(commands::settings::window_theme(shell.settings.get().theme));
    app.manage(shell);
    let counter = Counter::new(app.handle());
    app.manage(counter.clone());
    // Not here: a locked keychain asks its question only while the windows live.
    tauri::async_runtime::spawn(async move { counter.open().await });
    Ok(())
}

/// What happened in the rooms of the shell.
fn heard(app: &AppHandle, notice: Notice) {
    // Before the counter is there, nothing can have happened to it.
    let Some(counter) = app.try_state::<Counter>() else { return };
    let counter = counter.inner().clone();
    tauri::async_runtime::spawn(async move {
        match notice {
            Notice::SettingsChanged => counter.publish(),
            // While a card is at Stripe the window stays, and its page says why.
            Notice::CardCloseAsked => drop(counter.close_card().await),
            Notice::CardPageLost => counter.card_page_lost().await,
        }
    });
}

/// The hidden card window must not keep the program alive, nor a cashier who does not come to an end.
fn ended(app: &AppHandle, event: &RunEvent) {
    let RunEvent::WindowEvent { label, event, .. } = event else {
        return;
    };
    if label != till_window::LABEL {
        return;
    }
    if let WindowEvent::CloseRequested { api, .. } = event
        && let Some(counter) = app.try_state::<Counter>()
        && !counter.may_close()
    {
        api.prevent_close();
        counter.publish();
    }
    if matches!(event, WindowEvent::Destroyed) {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Some(counter) = app.try_state::<Counter>().map(|counter| counter.inner().clone()) {
                let _ = timeout(GOODBYE, counter.close()).await;
            }
            app.exit(0);
        });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_looks_where_the_till_writes() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], super::IDENTIFIER);
    }
}
