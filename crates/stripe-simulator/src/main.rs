//! `stripe-simulator`: the simulator as a program, for a browser or a till in test mode.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use stripe_simulator::Simulator;
use stripe_simulator::server::{Handled, Server};

const HELP: &str = "\
A small Stripe for training and tests. It takes test cards and no money.

Usage: stripe-simulator [--listen 127.0.0.1:PORT] [--seed N] [--log]

  --listen ADDRESS  where to listen, on this computer only (default 127.0.0.1:12111; port 0 takes any)
  --seed N          what the ids are made from (default 1)
  --log             one line per call: method, path, status
  --help            this text
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    listen: SocketAddr,
    seed: u64,
    log: bool,
}

/// Reads the arguments; `Ok(None)` asks for help.
fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wish>, String> {
    let mut wish = Wish { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 12_111)), seed: 1, log: false };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--listen" => {
                wish.listen = value()?.parse().map_err(|_| "--listen needs an address such as 127.0.0.1:12111")?;
            }
            "--seed" => wish.seed = value()?.parse().map_err(|_| "--seed needs a whole number")?,
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
    let mut simulator = Simulator::new(wish.seed);
    simulator.keep_searchable();
    let simulator = Arc::new(Mutex::new(simulator));
    let server = match Server::bind(wish.listen, simulator).await {
        Ok(server) => server,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    println!("Listening on http://{}", server.address());
    let server = if wish.log { server.with_hook(log) } else { server };
    server.run().await;
    ExitCode::SUCCESS
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
        let wish = ask("--listen 127.0.0.1:0 --seed 7 --log");
        let expected = Wish { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), seed: 7, log: true };
        assert_eq!(wish, Ok(Some(expected)));
        assert_eq!(ask("--help"), Ok(None));
        for wrong in ["--seed", "--seed x", "--listen here", "--port 1"] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
    }
}
