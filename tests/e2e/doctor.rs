//! `keytill doctor` on the command line, in set-ups that are really broken: each fault is named, in seconds, and ends the
//! program with 1.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::desk::{Desk, Keychain, until};

use crate::stage::{Outcome, Shop, connected};

/// A till whose keys are in the keychain and whose journal has been begun, closed for the night.
fn closed() -> Result<Shop> {
    let mut shop = connected()?;
    shop.desk.quit()?;
    Ok(shop)
}

/// The exit code, and the faults by their ids with their words.
struct Told {
    code: Option<i32>,
    faults: Vec<(String, String)>,
}

impl Told {
    fn by(command: &mut Command) -> Result<Self> {
        let mut doctor = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let ended = until("the doctor's answer", Duration::from_secs(20), || Ok(doctor.try_wait()?));
        if ended.is_err() {
            doctor.kill()?;
        }
        let said = doctor.wait_with_output()?;
        ended?;
        let text = String::from_utf8(said.stdout)?;
        let checks: Vec<Value> = serde_json::from_str(&text)
            .with_context(|| format!("no list: {text} {}", String::from_utf8_lossy(&said.stderr)))?;
        let faults = checks.iter().filter(|check| check["outcome"] == "fault").map(|check| {
            let words = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
            (words("id"), format!("{} {}", words("say"), words("do")))
        });
        Ok(Self { code: said.status.code(), faults: faults.collect() })
    }

    /// This fault in these words, and no other.
    #[track_caller]
    fn assert_only(&self, id: &str, words: &str) {
        assert_eq!(self.code, Some(1), "{:?}", self.faults);
        assert_eq!(self.faults.len(), 1, "{:?}", self.faults);
        assert!(self.faults[0].0 == id && self.faults[0].1.contains(words), "{id}: {words}: {:?}", self.faults);
    }
}

const DOCTOR: [&str; 3] = ["doctor", "test", "--json"];

fn doctor(desk: &Desk) -> Result<Told> {
    Told::by(desk.command(desk.app()).args(DOCTOR))
}

/// The doctor in a sandbox, after `first` has prepared it; everything in there ends with it.
fn doctor_inside(desk: &Desk, sandbox: &[&str], first: &str) -> Command {
    let mut inside = desk.command("bwrap");
    inside.args(["--dev-bind", "/", "/", "--unshare-pid", "--die-with-parent"]).args(sandbox);
    inside.args(["sh", "-ec", &format!("{first}\n\"$@\""), "sh"]).arg(desk.app()).args(DOCTOR);
    inside
}

/// In a network where nobody is but this computer, and Stripe itself is to be asked.
fn doctor_alone(desk: &Desk, sandbox: &[&str], first: &str) -> Result<Told> {
    let own_network = ["--unshare-net", "--cap-add", "CAP_NET_BIND_SERVICE"];
    Told::by(doctor_inside(desk, &[&own_network, sandbox].concat(), first).env_remove("KEYTILL_STRIPE_API"))
}

/// A peer on this computer that says `answer(first line of the request)`.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(&request[..read]).lines().next().unwrap_or_default().to_owned();
            let _ = stream.write_all(answer(&line).as_bytes());
        }
    });
    Ok(address)
}

fn response(status: u16, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The same doctor, with somebody else in Stripe's place.
fn doctor_before(desk: &Desk, stripe: &str) -> Result<Told> {
    Told::by(desk.command(desk.app()).args(DOCTOR).env("KEYTILL_STRIPE_API", stripe))
}

#[test]
fn a_healthy_set_up_has_no_fault_and_ends_with_0() -> Outcome {
    let shop = closed()?;
    let told = doctor(&shop.desk)?;
    assert_eq!((told.code, told.faults), (Some(0), Vec::new()));
    Ok(())
}

#[test]
fn a_clock_that_is_a_day_off_is_named() -> Outcome {
    let shop = closed()?;
    shop.stripe.post("/_simulator/clock", &json!({ "advance_seconds": 86_400 }))?;
    doctor(&shop.desk)?.assert_only("clock", "24 hours slow");
    Ok(())
}

#[test]
fn a_captive_portal_is_told_from_stripe() -> Outcome {
    let shop = closed()?;
    let portal = answering(|_| response(200, "text/html", "<h1>Welcome to the hotel</h1>"))?;
    doctor_before(&shop.desk, &portal)?.assert_only("stripe", "captive portal");
    Ok(())
}

#[test]
fn a_missing_permission_is_named_as_the_dashboard_names_it() -> Outcome {
    const NO: &str = r#"{"error":{"type":"invalid_request_error","message":"no permission"}}"#;
    const NONE: &str = r#"{"object":"list","url":"/v1/payment_intents","data":[],"has_more":false}"#;
    let shop = closed()?;
    let peer = answering(|line| match line.split(' ').take(2).collect::<Vec<_>>()[..] {
        ["POST", "/v1/payment_intents"] | ["GET", "/v1/account"] => response(403, "application/json", NO),
        ["GET", path] if path.starts_with("/v1/payment_intents") => response(200, "application/json", NONE),
        _ => response(400, "application/json", NO),
    })?;
    doctor_before(&shop.desk, &peer)?.assert_only("rightPay", "rak_payment_intent_write");
    Ok(())
}

#[test]
fn a_live_key_beside_a_test_key_is_named() -> Outcome {
    let shop = closed()?;
    let file = shop.desk.data().join("settings.json");
    let mut settings: Value = serde_json::from_slice(&fs::read(&file)?)?;
    settings["test"]["publishableKey"] = json!("pk_live_counter");
    fs::write(&file, settings.to_string())?;
    doctor(&shop.desk)?.assert_only("keys", "one is a test key, one a live key");
    Ok(())
}

#[test]
fn no_dns_is_named() -> Outcome {
    let shop = closed()?;
    doctor_alone(&shop.desk, &[], "")?.assert_only("dns", "no network, or no DNS");
    Ok(())
}

/// The name leads to somebody on the way, who shows a certificate of his own for it.
#[test]
fn somebody_who_opens_the_line_to_stripe_is_named() -> Outcome {
    const CERTIFY: &str =
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=api.stripe.com -addext subjectAltName=DNS:api.stripe.com";
    let shop = closed()?;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("hosts"), "127.0.0.1 api.stripe.com js.stripe.com\n")?;
    let made = Command::new("openssl")
        .args(CERTIFY.split(' '))
        .args(["-keyout", &at("key"), "-out", &at("certificate")])
        .output()
        .context("openssl")?;
    assert!(made.status.success(), "{made:?}");
    let listen = format!(
        "openssl s_server -accept 127.0.0.1:443 -key {} -cert {} -www >{log} 2>&1 &\n\
         until grep -q ACCEPT {log}; do sleep 0.05; done",
        at("key"),
        at("certificate"),
        log = at("log"),
    );
    let told = doctor_alone(&shop.desk, &["--ro-bind", &at("hosts"), "/etc/hosts"], &listen)?;
    told.assert_only("tls", "somebody reads along");
    Ok(())
}

#[test]
fn a_full_disk_is_named() -> Outcome {
    let shop = closed()?;
    let (data, kept) = (shop.desk.data().display().to_string(), shop.desk.home().join("kept").display().to_string());
    fs::rename(&data, &kept)?;
    fs::create_dir(&data)?;
    // A disk of two megabytes, and something large on it.
    let fill = format!("cp -a {kept}/. {data}; dd if=/dev/zero of={data}/film 2>&1 | grep -q 'No space left'");
    let cramped = &mut doctor_inside(&shop.desk, &["--size", "2097152", "--tmpfs", &data], &fill);
    Told::by(cramped)?.assert_only("disk", "The disk is full: 0 MB left");
    Ok(())
}

#[test]
fn a_locked_keychain_is_named() -> Outcome {
    assert_keychain(Keychain::Locked, "the keychain is locked", "Unlock it")
}

#[test]
fn a_keychain_that_says_nothing_is_not_waited_for() -> Outcome {
    assert_keychain(Keychain::Silent, "has not answered for 10 s", "asking for its password")
}

#[test]
fn a_keychain_that_refuses_is_named() -> Outcome {
    assert_keychain(Keychain::Denied, "the keychain refused", "Allow Keytill")
}

#[test]
fn a_session_without_a_keychain_is_named() -> Outcome {
    assert_keychain(Keychain::Gone, "no keychain answers", "Install and start one")
}

#[test]
fn a_session_without_a_bus_is_named() -> Outcome {
    let shop = closed()?;
    let told = Told::by(shop.desk.command(shop.desk.app()).args(DOCTOR).env_remove("DBUS_SESSION_BUS_ADDRESS"))?;
    told.assert_only("keychain", "no keychain answers");
    Ok(())
}

fn assert_keychain(event: Keychain, what: &str, advice: &str) -> Outcome {
    let mut shop = closed()?;
    shop.desk.keychain(event)?;
    let told = doctor(&shop.desk)?;
    told.assert_only("keychain", what);
    told.assert_only("keychain", advice);
    Ok(())
}
