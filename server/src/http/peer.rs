//! Where a request comes from, for counters of tries. Only a proxy on this machine, which `--public-url` says there is, is
//! believed when it names another address; anybody could write that header.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use app::edge::Peer;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::host::Reach;

/// Tells the pages the network address.
pub async fn tell(State(reach): State<Reach>, mut request: Request, next: Next) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    if let Some(from) = from {
        let peer = Peer(counted(behind(&reach, from, request.headers())));
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

/// The address behind a proxy of ours: the last one of the list, which that proxy wrote itself.
fn behind(reach: &Reach, from: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !reach.is_https() || !from.to_canonical().is_loopback() {
        return from;
    }
    let named = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    named.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(from)
}

/// Of an IPv6 address the first 64 bits: one household has all the rest.
fn counted(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let https = Reach::Https { authority: "guichet.example".into() };
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        let there: IpAddr = "192.0.2.5".parse().unwrap();
        assert_eq!(behind(&https, here, &headers).to_string(), "198.51.100.7", "what the proxy added");
        assert_eq!(behind(&https, there, &headers), there, "a stranger's own words");
        assert_eq!(behind(&Reach::Loopback, here, &headers), here, "no proxy");
        assert_eq!(behind(&https, here, &HeaderMap::new()), here);
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(behind(&https, here, &headers), here);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        assert_eq!(counted("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::");
        assert_eq!(counted("::ffff:192.0.2.5".parse().unwrap()), "192.0.2.5");
    }
}
