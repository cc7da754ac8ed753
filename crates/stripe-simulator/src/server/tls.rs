//! TLS for pages on https: a certificate that is made at start, for this computer's own address and nobody else's.

use std::fmt;
use std::sync::Arc;

use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// The certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("this computer cannot make a certificate")]
pub struct NoCertificate(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A self-signed certificate for `127.0.0.1`, and the key to it, which never leaves this value.
#[derive(Clone)]
pub struct Identity {
    pub(super) acceptor: TlsAcceptor,
    certificate: String,
}

impl Identity {
    /// Makes a new one. A browser trusts it only when it is told to trust exactly this one.
    ///
    /// # Errors
    ///
    /// When there is no randomness to make a key from.
    pub fn make() -> Result<Self, NoCertificate> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
        let CertifiedKey { cert, signing_key } = made.map_err(|error| NoCertificate(error.into()))?;
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map(ConfigBuilder::with_no_client_auth)
            .and_then(|config| config.with_single_cert(vec![cert.der().clone()], key.into()))
            .map_err(|error| NoCertificate(error.into()))?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate: cert.pem() })
    }

    /// The certificate, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

type ConfigBuilder = tokio_rustls::rustls::ConfigBuilder<ServerConfig, tokio_rustls::rustls::WantsVerifier>;

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}
