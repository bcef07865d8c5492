//! Which addresses belong to this machine, a local network or nobody: neither a portal nor a subscriber must make us ask them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is not on the public internet (IANA special-purpose registries, RFC 6890), in every
/// spelling of IPv6 that carries an IPv4 address.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0 | 10 | 127, _, _) => true,
        (100, 64..=127, _) => true,                 // Carrier-grade NAT.
        (169, 254, _) => true,                      // Link-local, cloud metadata.
        (172, 16..=31, _) => true,                  // Private.
        (192, 0, 0 | 2) => true,                    // Protocol assignments, documentation.
        (192, 88, 99) => true,                      // 6to4 relays.
        (192, 168, _) => true,                      // Private.
        (198, 18 | 19, _) | (198, 51, 100) => true, // Benchmarks, documentation.
        (203, 0, 113) => true,                      // Documentation.
        (224.., _, _) => true,                      // Multicast, reserved, broadcast.
        _ => false,
    }
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    match s {
        // Unspecified, loopback, mapped (::ffff:a.b.c.d), translated (::ffff:0:a.b.c.d) and compatible (::a.b.c.d).
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => true,
        [0, 0, 0, 0, 0, 0xffff, high, low] => is_private_v4(inner(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => is_private_v4(inner(high, low)),
        [0, 0, 0, 0, 0, 0, high, low] => is_private_v4(inner(high, low)),
        // NAT64, well known and local (RFC 6052, RFC 8215).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_private_v4(inner(high, low)),
        [0x64, 0xff9b, 1, ..] => true,
        // Teredo: the server, and the client with all bits turned over (RFC 4380).
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            is_private_v4(inner(server_high, server_low)) || is_private_v4(inner(!high, !low))
        }
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => is_private_v4(inner(high, low)),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => true, // Documentation.
        [0x100, 0, 0, 0, ..] => true,                           // Discard only.
        [0x5f00, ..] => true,                                   // Segment routing.
        _ => matches!(s[0], 0xfc00..=0xfdff | 0xfe80..=0xfeff | 0xff00..=0xffff),
    }
}

fn inner(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &[&str], expected: bool) {
        for address in addresses {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn private_and_reserved_ipv4_addresses_are_private() {
        check(
            &[
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
            ],
            true,
        );
    }

    #[test]
    fn private_and_reserved_ipv6_addresses_are_private() {
        check(
            &[
                "::",
                "::1",
                "fc00::1",
                "fdff::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "2001:db8::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2001:0:4136:e378:8000:63bf:80ff:fffe",
                "100::1",
            ],
            true,
        );
    }

    #[test]
    fn public_addresses_are_not_private() {
        check(
            &[
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.1",
                "169.253.1.1",
                "172.15.0.1",
                "172.32.0.1",
                "192.0.1.1",
                "192.169.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2400:3200::1",
                "2606:4700::1111",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1",
                "2001:0:4136:e378:8000:63bf:f7f7:f7f7",
            ],
            false,
        );
    }
}
