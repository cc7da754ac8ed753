//! `stripe-simulator`: the simulator as a program, for a browser or a till in test mode.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use stripe_simulator::Simulator;
use stripe_simulator::server::{Handled, Identity, Server};

const HELP: &str = "\
A small Stripe for training and tests. It takes test cards and no money.

Usage: stripe-simulator [--listen 127.0.0.1:PORT] [--seed N] [--tls] [--files FOLDER] [--log]

  --listen ADDRESS  where to listen, on this computer only (default 127.0.0.1:12111; port 0 takes any)
  --seed N          what the ids are made from (default 1)
  --tls             a second port for pages on https; /_simulator/page tells it, and the certificate to trust there
  --files FOLDER    files served in place of the simulator's own, such as FOLDER/dahlia/stripe.js
  --log             one line per call: method, path, status
  --help            this text
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    listen: SocketAddr,
    seed: u64,
    tls: bool,
    files: Option<PathBuf>,
    log: bool,
}

/// Reads the arguments; `Ok(None)` asks for help.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wish>, String> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 12_111));
    let mut wish = Wish { listen, seed: 1, tls: false, files: None, log: false };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--listen" => {
                wish.listen = value()?.parse().map_err(|_| "--listen needs an address such as 127.0.0.1:12111")?;
            }
            "--seed" => wish.seed = value()?.parse().map_err(|_| "--seed needs a whole number")?,
            "--tls" => wish.tls = true,
            "--files" => wish.files = Some(value()?.into()),
            "--log" => wish.log = true,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("there is no option {other}; --help lists them")),
        }
    }
    Ok(Some(wish))
}

#[tokio::main]
async fn main() -> ExitCode {
    match read(std::env::args().skip(1)) {
        Ok(Some(wish)) => serve(wish).await,
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

async fn serve(wish: Wish) -> ExitCode {
    match open(&wish).await {
        Ok(servers) => {
            let running: Vec<_> = servers.into_iter().map(|server| tokio::spawn(server.run())).collect();
            for server in running {
                let _ = server.await;
            }
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The plain port, and the one for pages on https if it is wished for.
async fn open(wish: &Wish) -> Result<Vec<Server>, Box<dyn std::error::Error>> {
    let mut simulator = Simulator::new(wish.seed);
    simulator.keep_searchable();
    let simulator = Arc::new(Mutex::new(simulator));
    let dress = |server: Server| {
        let server = server.with_files(wish.files.clone());
        if wish.log { server.with_hook(log) } else { server }
    };
    let plain = dress(Server::bind(wish.listen, Arc::clone(&simulator)).await?);
    println!("Listening on http://{}", plain.address());
    if !wish.tls {
        return Ok(vec![plain]);
    }
    let identity = Identity::make()?;
    let secure = dress(Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), simulator).await?);
    let origin = format!("https://{}", secure.address());
    println!("For pages on https: {origin}");
    let plain = plain.with_page(&origin, identity.certificate());
    Ok(vec![plain, secure.with_identity(identity)])
}

fn log(handled: &Handled<'_>) {
    println!("{} {} {}", handled.method, handled.path, handled.status.as_u16());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Option<Wish>, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_command_line_is_understood_or_explained() {
        let wish = ask("--listen 127.0.0.1:0 --seed 7 --tls --files here --log");
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let expected = Wish { listen, seed: 7, tls: true, files: Some("here".into()), log: true };
        assert_eq!(wish, Ok(Some(expected)));
        assert_eq!(ask("--help"), Ok(None));
        for wrong in ["--seed", "--seed x", "--files", "--listen here", "--port 1"] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
    }
}
