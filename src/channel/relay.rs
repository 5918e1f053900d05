//! Connecting to the mail relay: plain, TLS from the first byte, or STARTTLS as a requirement.

use anyhow::{Context, Result, bail, ensure};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::reply::{step, unanswered};
use super::{Limits, Relay};
use crate::engine::delivery::{Outcome, SmtpStage};

/// A relay we can connect to.
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
}

enum Security {
    Plain,
    Tls(TlsParameters),
    StartTls(TlsParameters),
}

impl Server {
    /// Reads the relay of the deployment file. The error never shows the password.
    pub(super) fn new(relay: &Relay) -> Result<Server> {
        let url = Url::parse(&relay.url).context("`url` is not a URL such as smtp://127.0.0.1:25")?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        ensure!(!host.is_empty(), "`url` names no host: write smtp://HOST:PORT");
        ensure!(
            url.username().is_empty() && url.password().is_none(),
            "`url` holds a user name or password: write them as `username` and `password`"
        );
        let tls = || TlsParameters::new(host.clone()).context("cannot set up TLS");
        let (security, port) = match url.scheme() {
            "smtp" => (Security::Plain, 25),
            "smtps" => (Security::Tls(tls()?), 465),
            "smtp+starttls" => (Security::StartTls(tls()?), 587),
            other => bail!("`url` begins with {other}://: use smtp://, smtps:// or smtp+starttls://"),
        };
        let credentials = credentials(relay)?;
        if credentials.is_some() && matches!(security, Security::Plain) && !is_this_machine(&host) {
            bail!("the password would cross the network in the clear: use smtps:// or smtp+starttls://");
        }
        let port = url.port().unwrap_or(port);
        Ok(Server { host, port, security, credentials, hello: ClientId::default() })
    }

    /// Connects, greets and authenticates.
    pub(super) async fn connect(&self, limits: &Limits) -> Result<AsyncSmtpConnection, Outcome> {
        let mut connection = match &self.security {
            Security::Tls(tls) => {
                let limit = limits.smtp_connect + limits.smtp_command;
                let address = (self.host.as_str(), self.port);
                let action = AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, Some(tls.clone()), None);
                step(SmtpStage::Greeting, limit, action).await?
            }
            Security::Plain | Security::StartTls(_) => {
                let stream = Box::new(self.open(limits).await?);
                let action = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
                step(SmtpStage::Greeting, limits.smtp_command, action).await?
            }
        };
        if let Security::StartTls(tls) = &self.security {
            let action = connection.starttls(tls.clone(), &self.hello);
            step(SmtpStage::StartTls, limits.smtp_command, action).await?;
        }
        if let Some(credentials) = &self.credentials {
            let action = connection.auth(DEFAULT_MECHANISMS, credentials);
            step(SmtpStage::Auth, limits.smtp_command, action).await?;
        }
        Ok(connection)
    }

    async fn open(&self, limits: &Limits) -> Result<TcpStream, Outcome> {
        let unreachable = |why: String| unanswered(SmtpStage::Greeting, why);
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        let stream = match timeout(limits.smtp_connect, connecting).await {
            Ok(stream) => stream.map_err(|error| unreachable(error.to_string()))?,
            Err(_) => return Err(unreachable(format!("no connection within {} s", limits.smtp_connect.as_secs_f64()))),
        };
        // Body and final dot are two writes: with Nagle's algorithm each mail would wait 40 ms for an ACK.
        stream.set_nodelay(true).map_err(|error| unreachable(error.to_string()))?;
        Ok(stream)
    }
}

fn credentials(relay: &Relay) -> Result<Option<Credentials>> {
    match (&relay.username, &relay.password) {
        (None, None) => Ok(None),
        (Some(name), Some(password)) => Ok(Some(Credentials::new(name.clone(), password.expose_secret().to_owned()))),
        _ => bail!("`username` and `password` belong together: give both or neither"),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str, password: Option<&str>) -> String {
        let relay = Relay {
            url: url.to_owned(),
            username: password.map(|_| "cs".to_owned()),
            password: password.map(|text| text.to_owned().into()),
        };
        Server::new(&relay).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn a_relay_is_read_or_refused_with_what_to_write() {
        assert_eq!(error("smtp://127.0.0.1:2525", Some("s3cret")), "");
        assert_eq!(error("smtp://[::1]", None), "");
        assert!(error("http://mail.us.example", None).contains("smtps://"));
        assert!(error("127.0.0.1:25", None).contains("smtp://"));
        let inline = error("smtp://cs:s3cret@mail.us.example", None);
        assert!(inline.contains("`password`") && !inline.contains("s3cret"), "{inline}");
        let clear = error("smtp://mail.us.example", Some("s3cret"));
        assert!(clear.contains("in the clear") && !clear.contains("s3cret"), "{clear}");
    }
}
