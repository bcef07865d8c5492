//! Tests of the sample portal, over HTTP on loopback.
