//! `harbinger token`: makes an admin token, prints it once and keeps its hash.

use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cli;
use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::store::Store;

/// Random bytes of a token: 256 bits cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// Lets people and secret scanners see what it is.
const PREFIX: &str = "hbg_";

pub(super) async fn run(flags: &Flags) -> ExitCode {
    let settings = match cli::settings(flags) {
        Ok(settings) => settings,
        Err(status) => return status,
    };
    let mut bytes = [0; TOKEN_BYTES];
    if let Err(error) = getrandom::fill(&mut bytes) {
        return cli::fail(format!("the system gives no random numbers: {error}"), 1);
    }
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = *blake3::hash(token.as_bytes()).as_bytes();
    let kept = match Store::open(&settings.data_dir) {
        Ok(store) => store.add_token(hash, Clock::system().now()).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(()) => {
            println!("{token}");
            eprintln!("send it as “Authorization: Bearer …”; it is shown only this once");
            ExitCode::SUCCESS
        }
        Err(error) => cli::fail(format!("the token was not kept: {error}"), 1),
    }
}
