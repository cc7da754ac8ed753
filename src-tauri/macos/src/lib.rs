//! Hands a page to `WKWebView` under an https address, so that Stripe.js takes live keys in it.
//!
//! This crate holds the program's only `unsafe`: Tauri gives the view as a bare pointer, and Apple's call is not known to
//! Rust as safe. Everything else about the card window is in `src-tauri/src/card_window`.
#![cfg(target_os = "macos")]

use objc2_foundation::{NSString, NSURL, NSURLRequest};
use objc2_web_kit::WKWebView;
use tauri::WebviewWindow;

/// Shows `page` in the window as if it had come from `address`. Nothing is asked of that address.
///
/// # Errors
/// The window is gone.
#[allow(unsafe_code, reason = "the two lines that this crate is for")]
pub fn hand_over(window: &WebviewWindow, page: String, address: &'static str) -> tauri::Result<()> {
    window.with_webview(move |platform| {
        let Some(address) = NSURL::URLWithString(&NSString::from_str(address)) else { return };
        let request = NSURLRequest::requestWithURL(&address);
        let page = NSString::from_str(&page);
        // SAFETY: Tauri runs this on the main thread, as AppKit demands, and promises that `inner` is the window's living
        // `WKWebView` for as long as this closure runs. The call copies what it is given.
        unsafe {
            let view: &WKWebView = &*platform.inner().cast();
            view.loadSimulatedRequest_responseHTMLString(&request, &page);
        }
    })
}
