//! Which addresses an outgoing request may reach: the public ones, and the private ones the deployment allows.
//!
//! A URL is parsed once and judged by its parsed host; a name is judged by every address it resolves to, inside
//! the resolver that connects, so that a second look-up cannot answer differently. The ranges are those of the
//! IANA special-purpose address registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

/// An address or a network such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    prefix: u8,
}

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> AddressRange {
    AddressRange { first: IpAddr::V4(Ipv4Addr::new(a, b, c, 0)), prefix }
}

const fn v6(a: u16, b: u16, prefix: u8) -> AddressRange {
    AddressRange { first: IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)), prefix }
}

const NOT_PUBLIC_V4: [AddressRange; 15] = [
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];
/// Everything public in IPv6; loopback, link-local, unique-local, NAT64 and mapped addresses lie outside.
const GLOBAL_V6: AddressRange = v6(0x2000, 0, 3);
/// Inside it: Teredo and other protocol assignments, documentation, and 6to4, which hides an IPv4 address.
const NOT_PUBLIC_V6: [AddressRange; 4] =
    [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];
/// Ports of services that a web request must not be able to talk to.
const REFUSED_PORTS: [u16; 9] = [0, 21, 22, 23, 25, 110, 143, 587, 6379];

impl AddressRange {
    fn contains(&self, ip: IpAddr) -> bool {
        let bits = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => u128::from(ip.to_bits()) << 96,
            IpAddr::V6(ip) => ip.to_bits(),
        };
        let differ = bits(ip) ^ bits(self.first);
        ip.is_ipv4() == self.first.is_ipv4() && differ.leading_zeros() >= u32::from(self.prefix)
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<AddressRange, String> {
        let wrong = || format!("`{text}` is not an address such as 127.0.0.1 or a network such as 10.0.0.0/8");
        let (first, prefix) = text.split_once('/').map_or((text, None), |(first, prefix)| (first, Some(prefix)));
        let first: IpAddr = first.parse().map_err(|_| wrong())?;
        let longest = if first.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.parse::<u8>().map_err(|_| wrong()))?;
        if prefix > longest { Err(wrong()) } else { Ok(AddressRange { first, prefix }) }
    }
}

/// Why a request was not made.
#[derive(Debug, Error)]
#[error("{host} is a private address: add it to [safety] allow_private if that is meant")]
pub(super) struct PrivateAddress {
    host: String,
}

/// Judges addresses, as the resolver of the HTTP client.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    allowed: Arc<[AddressRange]>,
}

impl Guard {
    pub(super) fn new(allowed: Vec<AddressRange>) -> Guard {
        Guard { allowed: allowed.into() }
    }

    /// Reads a URL and refuses what can be judged before resolving. The error does not show the URL.
    pub(super) fn url(&self, text: &str) -> Result<Url, String> {
        let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{}:// is not a way to call a webhook: use https://", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL must not hold a user name or password".to_owned());
        }
        if url.port().is_some_and(|port| REFUSED_PORTS.contains(&port)) {
            return Err("the port of the URL belongs to another service".to_owned());
        }
        // The resolver is never asked about a literal address.
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        match literal {
            Some(ip) if !self.permits(ip) => Err(PrivateAddress { host: ip.to_string() }.to_string()),
            _ => Ok(url),
        }
    }

    fn permits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_public(ip) || self.allowed.iter().any(|range| range.contains(ip))
    }

    /// All addresses of a name, or none: a name with one private address is not a public service.
    fn judged(&self, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, PrivateAddress> {
        match found.iter().find(|address| !self.permits(address.ip())) {
            Some(private) => Err(PrivateAddress { host: format!("{host} ({})", private.ip()) }),
            None => Ok(found),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(guard.judged(name.as_str(), found)?.into_iter());
            Ok(addresses)
        })
    }
}

fn is_public(ip: IpAddr) -> bool {
    let outside = |ranges: &[AddressRange]| !ranges.iter().any(|range| range.contains(ip));
    match ip {
        IpAddr::V4(_) => outside(&NOT_PUBLIC_V4),
        IpAddr::V6(_) => GLOBAL_V6.contains(ip) && outside(&NOT_PUBLIC_V6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        let hosts = "127.1 2130706433 0x7f000001 0177.0.0.1 ①②⑦.⓪.⓪.① 127.0.0.1. [::1] [::] 0 [::ffff:127.0.0.1] \
            [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] [2001:0:7f00:1::] \
            169.254.169.254 [fd00:ec2::254] [fe80::1] 100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1 255.255.255.255 \
            10.1.2.3 172.31.0.1 192.168.1.1 1.1.1.1@127.0.0.1";
        let guard = Guard::new(vec![]);
        for host in hosts.split_whitespace() {
            assert!(guard.url(&format!("http://{host}/hook")).is_err(), "{host}");
        }
        assert!(guard.url("http://93.184.215.14/").is_ok());
        assert!(guard.url("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/").is_ok());
    }

    #[test]
    fn only_plain_web_urls_are_called() {
        let guard = Guard::new(vec![]);
        for url in [
            "file:///etc/passwd",
            "gopher://good.example/",
            "//good.example",
            "https://user:pass@good.example/",
            "https://good.example:22/",
            "https://good.example:0/",
            "https://good.example:99999/",
        ] {
            assert!(guard.url(url).is_err(), "{url}");
        }
        assert!(guard.url("https://good.example/hook?a=1").is_ok());
    }

    #[test]
    fn an_allowed_range_lets_its_own_addresses_through_and_no_others() {
        let guard = Guard::new(vec!["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()]);
        assert!(guard.url("http://127.0.0.1:8080/").is_ok());
        assert!(guard.url("http://[::ffff:10.2.3.4]/").is_ok());
        assert!(guard.url("http://127.0.0.2/").is_err());
        assert!("10.0.0.0/33".parse::<AddressRange>().is_err() && "localhost".parse::<AddressRange>().is_err());
    }

    #[test]
    fn a_name_with_one_private_address_among_public_ones_is_refused() {
        let guard = Guard::new(vec![]);
        let (public, private) = ("93.184.215.14:0".parse().unwrap(), "10.0.0.1:0".parse().unwrap());
        assert!(guard.judged("mixed.example", vec![public]).is_ok());
        let error = guard.judged("mixed.example", vec![public, private]).unwrap_err().to_string();
        assert!(error.contains("mixed.example (10.0.0.1)") && error.contains("allow_private"), "{error}");
    }
}
