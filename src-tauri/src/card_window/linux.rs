//! The card page on WebKitGTK: handed over as a text with an https address, in which Stripe.js takes live keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{Manager, Url, WebviewUrl, WebviewWindow};
use webkit2gtk::gio::{Cancellable, TlsCertificate};
use webkit2gtk::glib::TimeSpan;
use webkit2gtk::{
    LoadEvent, PermissionRequestExt, UserContentManagerExt, WebContextExt, WebView, WebViewExt,
    WebsiteDataManagerExtManual, WebsiteDataTypes,
};

use crate::card_page::{self, CardPeer};
use crate::gate::Gate;

/// The host that a simulator's certificate is taken from.
const LOOPBACK: &str = "127.0.0.1";

/// What the window shows until the page is handed over.
pub(super) fn first_url() -> WebviewUrl {
    "about:blank".parse().map_or_else(|_| WebviewUrl::default(), WebviewUrl::External)
}

/// Nothing serves the page here.
pub(super) fn is_served(_: &Url) -> bool {
    false
}

/// The window's page is loaded by us alone; when anything else loads in its place, it is lost.
#[derive(Debug, Clone, Default)]
pub(super) struct Native {
    expected: Arc<AtomicBool>,
}

impl Native {
    /// Watches what happens to the page.
    pub(super) fn guard(&self, window: &WebviewWindow, lost: impl Fn() + Send + 'static) -> tauri::Result<()> {
        let expected = self.expected.clone();
        let gate = window.try_state::<Gate>().map(|gate| gate.inner().clone());
        window.with_webview(move |platform| {
            let view = platform.inner();
            // No page of the browser's own about what went wrong, with its links and its address.
            view.connect_load_failed(|_, _, _, _| true);
            view.connect_permission_request(|_, request| {
                request.deny();
                true
            });
            view.connect_context_menu(|_, _, _, _| !cfg!(debug_assertions));
            // After Tauri's own: it was connected first. The page's policy leaves no other way to the shell than this one.
            if let (Some(gate), Some(door)) = (gate, view.user_content_manager()) {
                door.connect_script_message_received(None, move |_, message| {
                    gate.heard(&message.js_value().map(|text| text.to_string()).unwrap_or_default());
                });
            }
            let lost = Arc::new(lost);
            let died = Arc::clone(&lost);
            view.connect_web_process_terminated(move |_, _| died());
            view.connect_load_changed(move |view, event| {
                // Only the page itself comes by here, never one of its frames.
                if event != LoadEvent::Started {
                    return;
                }
                if expected.swap(false, Ordering::AcqRel) {
                    return;
                }
                // Led away, or reloaded: either way what the customer was doing in it is over.
                view.stop_loading();
                lost();
            });
        })
    }

    /// Forgets what the page before has stored, and hands over a new one.
    pub(super) fn load(&self, window: &WebviewWindow, peer: &CardPeer) -> tauri::Result<()> {
        let (page, peer, expected) = (card_page::text(peer), peer.clone(), self.expected.clone());
        window.with_webview(move |platform| {
            let view = platform.inner();
            forget(&view);
            trust(&view, &peer);
            expected.store(true, Ordering::Release);
            view.load_html(&page, Some(card_page::ADDRESS));
        })
    }
}

/// The cache stays: Stripe.js need not cross the network again for every customer.
fn forget(view: &WebView) {
    let stored = WebsiteDataTypes::COOKIES
        | WebsiteDataTypes::LOCAL_STORAGE
        | WebsiteDataTypes::SESSION_STORAGE
        | WebsiteDataTypes::INDEXEDDB_DATABASES
        | WebsiteDataTypes::DOM_CACHE
        | WebsiteDataTypes::SERVICE_WORKER_REGISTRATIONS;
    if let Some(data) = view.website_data_manager() {
        data.clear(stored, TimeSpan(0), Cancellable::NONE, drop);
    }
}

/// Exactly the simulator's certificate, exactly there. Stripe's own is for WebKit to judge.
fn trust(view: &WebView, peer: &CardPeer) {
    let CardPeer::Loopback(loopback) = peer else { return };
    let certificate = loopback.certificate.as_deref().map(TlsCertificate::from_pem);
    if let (Some(Ok(certificate)), Some(context)) = (certificate, view.context()) {
        context.allow_tls_certificate_for_host(&certificate, LOOPBACK);
    }
}
